package dev.rekey.testissuers;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link Testissuers} promises. */
final class TestissuersExtension implements ExecutionCondition, ParameterResolver {
  private static final Namespace STORE = Namespace.create(TestissuersExtension.class);

  /** Either the services or why there are none. */
  private sealed interface Search {
    record Found(Installation installation) implements Search {}

    record Missing(String why) implements Search {}
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return switch (search(context)) {
      case Search.Found(var installation) ->
          ConditionEvaluationResult.enabled("" + installation.folder());
      case Search.Missing(var why) when isRequired() ->
          throw new IllegalStateException("testissuers=required, but " + why);
      case Search.Missing(var why) -> ConditionEvaluationResult.disabled(why);
    };
  }

  /** In the root store: looked for once a run. */
  private static Search search(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(STORE)
        .computeIfAbsent(Search.class, _ -> search(), Search.class);
  }

  private static Search search() {
    try {
      return new Search.Found(Installation.locate());
    } catch (Installation.Unavailable e) {
      var why = String.valueOf(e.getMessage());
      if (!isRequired()) {
        var line = "#".repeat(100);
        System.err.printf(
            "%s%n## TESTS AGAINST REAL SERVICES ARE SKIPPED: %s%n## (-Dtestissuers=required makes"
                + " this an error)%n%s%n",
            line, why, line);
      }
      return new Search.Missing(why);
    }
  }

  private static boolean isRequired() {
    return System.getProperty("testissuers", "auto").equals("required");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Installation.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return switch (search(context)) {
      case Search.Found(var installation) -> installation;
      case Search.Missing(var why) -> throw new IllegalStateException(why);
    };
  }
}
