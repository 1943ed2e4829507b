package dev.rekey.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A CEL expression, compiled. */
public final class Expression {
  /** What an expression may give back: an issuer's whole answer, of up to 1 MiB, and some more. */
  private static final int LARGEST_VALUE = 2 * 1024 * 1024;

  private static final Set<String> LEFT_OUT =
      Set.of("all", "exists", "exists_one", "existsOne", "map", "filter", "matches");

  private static final Pattern UNKNOWN_NAME =
      Pattern.compile("undeclared reference to '([^']*)'.*", Pattern.DOTALL);

  private final String source;
  private final Scope scope;
  private final CelRuntime.Program program;

  private Expression(String source, Scope scope, CelRuntime.Program program) {
    this.source = source;
    this.scope = scope;
    this.program = program;
  }

  /** Compiles an expression that may give anything. */
  public static Expression compile(String source, Scope scope) {
    return program(source, scope, check(source, scope));
  }

  /** Compiles an expression that must give true or false. */
  public static Expression compileCondition(String source, Scope scope) {
    CelAbstractSyntaxTree checked = check(source, scope);
    CelType type = checked.getResultType();
    if (type.kind() != CelKind.BOOL && type.kind() != CelKind.DYN) {
      throw CelProblem.in(source, "gives " + type.name() + "; expected true or false");
    }
    return program(source, scope, checked);
  }

  /** The expression as it was written. */
  public String source() {
    return source;
  }

  /** What the expression gives; {@code values} has one for each name of the scope. */
  public @Nullable Object evaluate(Map<String, ?> values) {
    return evaluate(values, new Values.Room(LARGEST_VALUE));
  }

  /** What the expression gives; nothing where it gives null or reads a field that is not there. */
  public Optional<Object> find(Map<String, ?> values) {
    try {
      return Optional.ofNullable(evaluate(values));
    } catch (CelProblem problem) {
      if (problem.missing()) {
        return Optional.empty();
      }
      throw problem;
    }
  }

  /** What the expression gives, as text: a number becomes its digits. */
  public String text(Map<String, ?> values) {
    return Values.text(source, evaluate(values, new Values.Room(Engine.LONGEST_TEXT)));
  }

  /** What the expression gives, where that is true or false. */
  public boolean test(Map<String, ?> values) {
    if (evaluate(values) instanceof Boolean truth) {
      return truth;
    }
    throw CelProblem.in(source, "does not give true or false");
  }

  @Nullable Object evaluate(Map<String, ?> values, Values.Room room) {
    Map<String, Object> bound = scope.bind(values);
    Object value;
    try {
      value = program.eval(bound);
    } catch (CelEvaluationException failure) {
      throw problem(failure);
    }
    return Values.fromCel(source, value, room);
  }

  /** The library's own words repeat values, so that only its error code is read. */
  private CelProblem problem(CelEvaluationException failure) {
    if (failure.getCause() instanceof Engine.TextTooLongException) {
      return CelProblem.in(
          source, "puts together more than " + Engine.LONGEST_TEXT + " characters");
    }
    CelErrorCode code = failure.getErrorCode();
    return switch (code) {
      case ATTRIBUTE_NOT_FOUND -> CelProblem.missingIn(source);
      case INDEX_OUT_OF_BOUNDS -> CelProblem.in(source, "reads beyond the end of a list");
      case OVERLOAD_NOT_FOUND ->
          CelProblem.in(
              source, "uses an operator or a function on a value of a type it cannot take");
      case BAD_FORMAT, INVALID_ARGUMENT ->
          CelProblem.in(source, "converts a value that does not have the form for it");
      case NUMERIC_OVERFLOW, DIVIDE_BY_ZERO -> CelProblem.in(source, "computes no valid number");
      default -> CelProblem.in(source, "cannot be evaluated");
    };
  }

  private static Expression program(String source, Scope scope, CelAbstractSyntaxTree checked) {
    try {
      return new Expression(source, scope, Engine.runtime().createProgram(checked));
    } catch (CelEvaluationException failure) {
      throw CelProblem.in(source, "cannot be evaluated");
    }
  }

  private static CelAbstractSyntaxTree check(String source, Scope scope) {
    if (source.isBlank()) {
      throw CelProblem.of("an expression is empty; write one of CEL");
    }
    if (source.length() > Engine.LONGEST_SOURCE) {
      throw CelProblem.of(
          "an expression is longer than " + Engine.LONGEST_SOURCE + " characters; write less");
    }
    CelValidationResult result = scope.compiler().compile(source);
    try {
      return result.getAst();
    } catch (CelValidationException failure) {
      throw CelProblem.in(source, said(result.getErrors(), scope));
    }
  }

  /**
   * The first thing that is wrong, in words for people. Nothing is evaluated yet: no value is told.
   */
  private static String said(List<CelIssue> issues, Scope scope) {
    if (issues.isEmpty()) {
      return "does not compile";
    }
    CelIssue first = issues.getFirst();
    Matcher unknown = UNKNOWN_NAME.matcher(first.getMessage());
    if (unknown.matches()) {
      String name = unknown.group(1);
      if (LEFT_OUT.contains(name)) {
        return "uses " + name + "(), which Rekey does not offer";
      }
      String known =
          scope.names().isEmpty()
              ? "no name is known here"
              : "known are " + String.join(", ", scope.names());
      return "uses the unknown name " + name + "; " + known;
    }
    String words = first.getMessage().replaceAll("\\s*(?:expecting|\\(candidates:).*$", "");
    int column = first.getSourceLocation().getColumn() + 1;
    return "does not compile at character " + column + ": " + words;
  }

  @Override
  public String toString() {
    return source;
  }
}
