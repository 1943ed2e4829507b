package dev.rekey.reconcile.josdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.reconcile.RelevantUpdates;
import dev.rekey.reconcile.Resync;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A resource is deleted and made anew under its name, as {@code kubectl replace --force} does. The
 * SDK alone forgets the new one, which {@code -Djosdk.resync=false} shows.
 */
@Testkube
final class MadeAnewIT {
  private static final int LOOPS = Integer.getInteger("josdk.loops", 10);
  private static final Duration NOTICED = Duration.ofSeconds(3);
  private static final Duration AGAIN = Duration.ofMillis(20);
  private static final Duration OVERLOOKED =
      "false".equals(System.getProperty("josdk.resync"))
          ? Duration.ofHours(5)
          : Duration.ofMillis(200);

  /** What the pass over the old one does meanwhile. */
  enum OldPass {
    NONE,
    ENDS_AFTER_THE_DELETION,
    ENDS_AFTER_THE_CREATION
  }

  private final KubernetesClient client;
  private final Probes probes;
  private final Passes passes = new Passes();
  private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
  private final Set<String> running = ConcurrentHashMap.newKeySet();
  private final Queue<String> together = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Operator operator;

  MadeAnewIT(ControlPlane controlPlane, TestNamespace namespace) {
    client = controlPlane.client(controlPlane.adminToken());
    probes = new Probes(namespace);
    Probe.define(client);
    operator =
        new Operator(o ->
            o.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(Executors.newVirtualThreadPerTaskExecutor())
                .checkingCRDAndValidateLocalModel(false));
    operator.register(
        new Subject(new Resync<>(Probe.class, timer, OVERLOOKED, Duration.ofHours(5))),
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
    public UpdateControl<Probe> reconcile(Probe probe, Context<Probe> context)
        throws InterruptedException {
      if (context.isPrimaryResourceDeleted()) {
        return UpdateControl.noUpdate();
      }
      resync.seen(probe);
      var name = probe.getMetadata().getName();
      if (!running.add(name)) {
        together.add(name);
      }
      passes.note(probe);
      var latch = held.remove(name);
      if (latch != null) {
        assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
      }
      running.remove(name);
      return UpdateControl.<Probe>noUpdate().rescheduleAfter(AGAIN);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theNewResourceIsReconciledAndGoesOn(OldPass oldPass) {
    var lost = new ArrayList<Integer>();
    for (int loop = 1; loop <= LOOPS && lost.size() < 3; loop++) {
      var name = "p" + loop;
      var end = new CountDownLatch(1);
      if (oldPass != OldPass.NONE) {
        held.put(name, end);
      }
      var old = probes.create(name, Probe.FINALIZER);
      assertThat(passes.goOn(old, 1, NOTICED)).isTrue();

      probes.deleteAtOnce(name);
      if (oldPass == OldPass.ENDS_AFTER_THE_DELETION) {
        end.countDown();
      }
      var anew = probes.create(name);
      end.countDown();

      if (!passes.goOn(anew, 3, NOTICED)) {
        lost.add(loop);
      }
    }
    assertThat(lost).as("loops whose new resource was forgotten").isEmpty();
    assertThat(together).as("two passes at a time over one name").isEmpty();
  }
}
