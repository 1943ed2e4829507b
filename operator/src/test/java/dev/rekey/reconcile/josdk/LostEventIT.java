package dev.rekey.reconcile.josdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.reconcile.RelevantUpdates;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Somebody else changes or deletes a resource at the very moment of a pass's status write; the next
 * pass that would notice by itself is hours away.
 *
 * <p>{@code -Djosdk.filter=true} runs the same with the SDK's filter for own writes, which is off
 * in our wiring: with the SDK's writer it loses events, and these tests fail. {@code -Djosdk.loops}
 * says how often each is tried.
 */
@Testkube
final class LostEventIT {
  private static final int LOOPS = Integer.getInteger("josdk.loops", 40);
  private static final Duration NOTICED = Duration.ofSeconds(3);

  /** Who writes the status. */
  enum Writer {
    /** A request of our own, of which the SDK is told nothing: what we do. */
    OURS,
    /** {@code UpdateControl.patchStatus}. */
    SDK
  }

  /** What else happens. */
  enum Deed {
    CHANGE,
    DELETION
  }

  private final KubernetesClient client;
  private final TestNamespace namespace;
  private final Probes probes;
  private final Passes passes = new Passes();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicReference<@Nullable Meddling> armed = new AtomicReference<>();
  private @Nullable Operator operator;

  LostEventIT(ControlPlane controlPlane, TestNamespace namespace) {
    this.namespace = namespace;
    client = controlPlane.client(controlPlane.adminToken());
    probes = new Probes(namespace);
    Probe.define(client);
  }

  @AfterEach
  void stop() {
    if (operator != null) {
      operator.stop();
    }
    client.close();
  }

  /** Done once by somebody else: before, beside or after the status write of a pass. */
  private record Meddling(Runnable deed, int when, CompletableFuture<@Nullable Void> done) {
    void before(ExecutorService threads) {
      if (when == 0) {
        run();
      } else if (when == 1) {
        threads.execute(this::run);
      }
    }

    void after() {
      if (when == 2) {
        run();
      }
    }

    private void run() {
      try {
        deed.run();
        done.complete(null);
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    }
  }

  /** Writes the status, and is meddled with meanwhile. */
  private class Subject implements Reconciler<Probe> {
    private final Writer writer;

    Subject(Writer writer) {
      this.writer = writer;
    }

    @Override
    public UpdateControl<Probe> reconcile(Probe probe, Context<Probe> context) {
      if (context.isPrimaryResourceDeleted()) {
        return UpdateControl.noUpdate();
      }
      passes.note(probe);
      if (probe.isMarkedForDeletion()) {
        return UpdateControl.noUpdate();
      }
      var meddling = armed.getAndSet(null);
      if (meddling != null) {
        meddling.before(threads);
      }
      var answer = writer == Writer.OURS ? write(probe) : letWrite(probe);
      if (meddling != null) {
        meddling.after();
      }
      return answer.rescheduleAfter(Duration.ofHours(5));
    }

    private UpdateControl<Probe> write(Probe probe) {
      var status = probe.getStatus();
      if (status == null || status.seen() != probe.getSpec().wish()) {
        client
            .resource(probe)
            .subresource("status")
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"status\":{\"seen\":%d}}".formatted(probe.getSpec().wish()));
      }
      return UpdateControl.noUpdate();
    }

    private UpdateControl<Probe> letWrite(Probe probe) {
      var patch = Probe.of(namespace.name(), probe.getMetadata().getName(), probe.getSpec());
      patch.setStatus(new Probe.Status(probe.getSpec().wish()));
      return UpdateControl.patchStatus(patch);
    }
  }

  @ControllerConfiguration(informer = @Informer(comparableResourceVersions = false))
  private final class Unfiltered extends Subject {
    Unfiltered(Writer writer) {
      super(writer);
    }
  }

  @ControllerConfiguration
  private final class Filtered extends Subject {
    Filtered(Writer writer) {
      super(writer);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OURS, CHANGE, true",
    "OURS, CHANGE, false",
    "OURS, DELETION, true",
    "OURS, DELETION, false",
    "SDK, CHANGE, true",
    "SDK, DELETION, false"
  })
  void nothingThatHappensBesideAStatusWriteIsLost(Writer writer, Deed deed, boolean statusChanges) {
    start(writer);
    var lost = new ArrayList<Integer>();
    for (int loop = 1; loop <= LOOPS && lost.size() < 3; loop++) {
      var name = "p" + loop;
      var made = probes.create(name, Probe.FINALIZER);
      assertThat(passes.goOn(made, 1, NOTICED)).isTrue();
      await()
          .atMost(NOTICED)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> probes.get(name).getStatus() != null);

      var meddling = new Meddling(() -> perform(deed, name), loop % 3, new CompletableFuture<>());
      armed.set(meddling);
      if (statusChanges) {
        probes.wish(name, 1);
      } else {
        probes.annotate(name, "now");
      }
      meddling.done().join();

      if (!passes.see(name, probe -> isNoticed(deed, probe), NOTICED)) {
        lost.add(loop);
      }
    }
    assertThat(lost).as("loops whose %s no pass saw", deed).isEmpty();
  }

  private void perform(Deed deed, String name) {
    switch (deed) {
      case CHANGE -> probes.wish(name, 2);
      case DELETION -> probes.delete(name);
    }
  }

  private static boolean isNoticed(Deed deed, Probe probe) {
    return switch (deed) {
      case CHANGE -> probe.getSpec().wish() == 2;
      case DELETION -> probe.isMarkedForDeletion();
    };
  }

  private void start(Writer writer) {
    var started =
        new Operator(o ->
            o.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(threads)
                .checkingCRDAndValidateLocalModel(false));
    operator = started;
    started.register(
        Boolean.getBoolean("josdk.filter") ? new Filtered(writer) : new Unfiltered(writer),
        c ->
            c.settingNamespace(namespace.name())
                .withGenerationAware(false)
                .withTriggerReconcilerOnAllEvents(true)
                .withOnUpdateFilter(new RelevantUpdates<>()));
    started.start();
  }
}
