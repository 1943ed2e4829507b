package dev.rekey.testkube;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link Testkube} promises. */
final class TestkubeExtension implements ExecutionCondition, ParameterResolver, AfterEachCallback {
  private static final Namespace STORE = Namespace.create(TestkubeExtension.class);

  /** Either the programs or why there are none. */
  private sealed interface Search {
    record Found(Binaries binaries) implements Search {}

    record Missing(String why) implements Search {}
  }

  /** A failure to start is kept too: the next class would only wait for the same. */
  private sealed interface Start {
    record Running(ControlPlane controlPlane) implements Start, AutoCloseable {
      @Override
      public void close() {
        controlPlane.close();
      }
    }

    record Failed(Exception cause) implements Start {}
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return switch (search(context)) {
      case Search.Found found -> ConditionEvaluationResult.enabled("" + found.binaries().folder());
      case Search.Missing missing when isRequired() ->
          throw new IllegalStateException("testkube=required, but " + missing.why());
      case Search.Missing missing -> ConditionEvaluationResult.disabled(missing.why());
    };
  }

  private static Search search(ExtensionContext context) {
    return once(context, Search.class, TestkubeExtension::search);
  }

  private static Search search() {
    try {
      return new Search.Found(Binaries.locate());
    } catch (Binaries.Unavailable e) {
      var why = String.valueOf(e.getMessage());
      if (!isRequired()) {
        var line = "#".repeat(100);
        System.err.printf(
            "%s%n## TESTS ON A REAL API SERVER ARE SKIPPED: %s%n## (-Dtestkube=required makes this"
                + " an error)%n%s%n",
            line, why, line);
      }
      return new Search.Missing(why);
    }
  }

  private static boolean isRequired() {
    return System.getProperty("testkube", "auto").equals("required");
  }

  private static ControlPlane controlPlane(ExtensionContext context) {
    var binaries = ((Search.Found) search(context)).binaries();
    return switch (once(context, Start.class, () -> start(binaries))) {
      case Start.Running running -> running.controlPlane();
      case Start.Failed failed ->
          throw new IllegalStateException("the control plane didn't start", failed.cause());
    };
  }

  private static Start start(Binaries binaries) {
    try {
      var crds = Binaries.repository().resolve("crds");
      return new Start.Running(ControlPlane.start(binaries, crds));
    } catch (IOException | RuntimeException e) {
      return new Start.Failed(e);
    }
  }

  /** In the root store: made once a run, closed at its end. */
  private static <T> T once(ExtensionContext context, Class<T> type, Supplier<T> made) {
    return context.getRoot().getStore(STORE).computeIfAbsent(type, _ -> made.get(), type);
  }

  /** A constructor's parameters belong to the test that the instance is made for. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    var type = parameter.getParameter().getType();
    return type == ControlPlane.class
        || type == KubernetesClient.class
        || type == TestNamespace.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var type = parameter.getParameter().getType();
    var controlPlane = controlPlane(context);
    if (type == TestNamespace.class) {
      return namespace(controlPlane, context);
    }
    return type == ControlPlane.class ? controlPlane : controlPlane.client();
  }

  private static TestNamespace namespace(ControlPlane controlPlane, ExtensionContext context) {
    var hint = context.getTestMethod().map(Method::getName).orElseGet(context::getDisplayName);
    return context
        .getStore(STORE)
        .computeIfAbsent(
            namespaceKey(context),
            _ -> TestNamespace.create(controlPlane, hint),
            TestNamespace.class);
  }

  /** A test's store inherits from its class's, whose namespace is not the test's. */
  private static String namespaceKey(ExtensionContext context) {
    return "namespace of " + context.getUniqueId();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    var namespace = context.getStore(STORE).get(namespaceKey(context), TestNamespace.class);
    if (namespace != null && context.getExecutionException().isPresent()) {
      System.err.println(Postmortem.of(namespace));
    }
  }
}
