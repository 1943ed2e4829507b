package dev.rekey.reconcile.josdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.reconcile.RelevantUpdates;
import dev.rekey.reconcile.Resync;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The API server is out of reach for a while, and the others go on. */
@Testkube
final class AbsentApiServerIT {
  private static final Duration AWAY = Duration.ofMillis(Long.getLong("josdk.away", 2000));
  private static final Duration NOTICED = Duration.ofSeconds(20);

  private final Wire wire;
  private final KubernetesClient client;
  private final Probes probes;
  private final Passes passes = new Passes();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Operator operator;

  AbsentApiServerIT(ControlPlane controlPlane, TestNamespace namespace) throws IOException {
    Probe.define(controlPlane.client());
    probes = new Probes(namespace);
    var url = URI.create(controlPlane.url());
    wire = new Wire(url.getPort());
    var kubeconfig =
        controlPlane
            .kubeconfig(controlPlane.adminToken())
            .replace(":" + url.getPort(), ":" + wire.port());
    client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build();
    operator =
        new Operator(o ->
            o.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(Executors.newVirtualThreadPerTaskExecutor())
                .checkingCRDAndValidateLocalModel(false));
    operator.register(
        new Subject(new Resync<>(Probe.class, timer, Duration.ofMillis(500), Duration.ofHours(5))),
        c ->
            c.settingNamespace(namespace.name())
                .withGenerationAware(false)
                .withTriggerReconcilerOnAllEvents(true)
                .withOnUpdateFilter(new RelevantUpdates<>()));
    operator.start();
  }

  @AfterEach
  void stop() {
    operator.stop();
    timer.shutdownNow();
    client.close();
    wire.close();
  }

  @ControllerConfiguration(informer = @Informer(comparableResourceVersions = false))
  private final class Subject implements Reconciler<Probe> {
    private final Resync<Probe> resync;

    Subject(Resync<Probe> resync) {
      this.resync = resync;
    }

    @Override
    public List<EventSource<?, Probe>> prepareEventSources(EventSourceContext<Probe> context) {
      return List.of(resync.over(context));
    }

    @Override
    public UpdateControl<Probe> reconcile(Probe probe, Context<Probe> context) {
      if (context.isPrimaryResourceDeleted()) {
        return UpdateControl.noUpdate();
      }
      resync.seen(probe);
      passes.note(probe);
      return UpdateControl.<Probe>noUpdate().rescheduleAfter(Duration.ofHours(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void allThatHappenedMeanwhileIsNoticed(Wire.Cut how) {
    for (var name : List.of("changed", "annotated", "deleted", "replaced")) {
      assertThat(passes.goOn(probes.create(name, Probe.FINALIZER), 1, NOTICED)).isTrue();
    }

    wire.cut(how);
    var cut = System.nanoTime();
    probes.wish("changed", 7);
    probes.annotate("annotated", "now");
    probes.delete("deleted");
    probes.deleteAtOnce("replaced");
    var anew = probes.create("replaced");
    var added = probes.create("added");
    await().atMost(AWAY.multipliedBy(2)).until(() -> System.nanoTime() - cut > AWAY.toNanos());
    assertThat(passes.newest("added")).isNull();
    wire.mend();

    notices("changed", probe -> probe.getSpec().wish() == 7);
    notices("annotated", probe -> !probe.getMetadata().getAnnotations().isEmpty());
    notices("deleted", Probe::isMarkedForDeletion);
    assertThat(passes.goOn(anew, 1, NOTICED)).as("replaced").isTrue();
    assertThat(passes.goOn(added, 1, NOTICED)).as("added").isTrue();
  }

  private void notices(String name, Predicate<Probe> state) {
    assertThat(passes.see(name, state, NOTICED)).as(name).isTrue();
  }
}
