package dev.rekey.cel;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.standard.AddOperator.AddOverload;
import java.util.Map;
import java.util.Set;

/**
 * CEL as Rekey allows it. Expressions are written by tenants and the library has no cost budget, so
 * that what can multiply work or memory is left out: comprehensions, regular expressions, adding up
 * lists and bytes, and texts that grow beyond a bound.
 */
final class Engine {
  /** The longest expression, in characters. */
  static final int LONGEST_SOURCE = 1024;

  /** The longest text that an expression or a template may put together. */
  static final int LONGEST_TEXT = 64 * 1024;

  private static final int DEEPEST_NESTING = 32;

  private static final Set<AddOverload> UNBOUNDED =
      Set.of(AddOverload.ADD_STRING, AddOverload.ADD_LIST, AddOverload.ADD_BYTES);

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(LONGEST_SOURCE)
          .maxParseRecursionDepth(DEEPEST_NESTING)
          .enableComprehension(false)
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private static final CelStandardDeclarations DECLARATIONS =
      CelStandardDeclarations.newBuilder()
          .excludeFunctions(CelStandardDeclarations.StandardFunction.MATCHES)
          .build();

  /** The library's newer runtime finds an overload of ours only where both types are declared. */
  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.legacyCelRuntimeBuilder()
          .setOptions(OPTIONS)
          .setStandardEnvironmentEnabled(false)
          .setStandardFunctions(
              CelStandardFunctions.newBuilder()
                  .filterFunctions((function, overload) ->
                      function != CelStandardFunctions.StandardFunction.MATCHES
                          && !UNBOUNDED.contains(overload))
                  .build())
          .addFunctionBindings(
              CelFunctionBinding.from("add_string", String.class, String.class, Engine::join))
          .build();

  private Engine() {}

  static CelCompiler compiler(Map<String, CelType> types) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardDeclarations(DECLARATIONS)
            .setStandardMacros(CelStandardMacro.HAS);
    types.forEach(builder::addVar);
    return builder.build();
  }

  static CelRuntime runtime() {
    return RUNTIME;
  }

  private static String join(String left, String right) {
    if (left.length() + right.length() > LONGEST_TEXT) {
      throw new TextTooLongException();
    }
    return left.concat(right);
  }

  /**
   * Says nothing of the texts; the library repeats them in its own message, which is thrown away.
   */
  static final class TextTooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
