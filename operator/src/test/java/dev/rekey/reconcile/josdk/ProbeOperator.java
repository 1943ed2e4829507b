package dev.rekey.reconcile.josdk;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.rekey.reconcile.Leadership;
import dev.rekey.reconcile.RelevantUpdates;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * An operator as a process of its own, wired as ours is, for the tests to stop, suspend, cut off
 * and kill. It says on its output what it does, each line with the time in ms.
 */
final class ProbeOperator {
  private ProbeOperator() {}

  /**
   * Runs until it is ended.
   *
   * @param args kubeconfig file, namespace, identity, and the {@link Leadership.Terms} in ms
   */
  public static void main(String[] args) throws IOException {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    var terms = new Leadership.Terms(millis(args[3]), millis(args[4]), millis(args[5]));
    var client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(Files.readString(Path.of(args[0]))))
            .build();
    var leadership =
        new Leadership(
            client,
            args[1],
            Replicas.LEASE,
            args[2],
            terms,
            InstantSource.system(),
            System::nanoTime,
            Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().factory()),
            () -> Runtime.getRuntime().halt(OperatorProcess.LOST));
    var passes = Executors.newVirtualThreadPerTaskExecutor();
    var election = leadership.configuration();
    var operator =
        new Operator(o ->
            o.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(passes)
                .withReconciliationTerminationTimeout(terms.longestStop())
                .withLeaderElectionConfiguration(election)
                .checkingCRDAndValidateLocalModel(false));
    operator.register(
        new Subject(leadership),
        c ->
            c.settingNamespace(args[1])
                .withGenerationAware(false)
                .withTriggerReconcilerOnAllEvents(true)
                .withOnUpdateFilter(new RelevantUpdates<>()));
    var stop =
        Thread.ofPlatform()
            .unstarted(() -> {
              leadership.stop(operator::stop, passes);
              say("stopped");
              // or the JVM ends with 143, as if nothing had minded the signal
              Runtime.getRuntime().halt(0);
            });
    Runtime.getRuntime().addShutdownHook(stop);
    operator.start();
    say("started");
  }

  private static Duration millis(String text) {
    return Duration.ofMillis(Long.parseLong(text));
  }

  private static synchronized void say(String what) {
    System.out.println(System.currentTimeMillis() + " " + what);
    System.out.flush();
  }

  /** A pass is one step, as long as the resource says. */
  @ControllerConfiguration(informer = @Informer(comparableResourceVersions = false))
  private record Subject(Leadership leadership) implements Reconciler<Probe> {
    @Override
    public UpdateControl<Probe> reconcile(Probe probe, Context<Probe> context) {
      var again = Duration.ofMillis(probe.getSpec().againMillis());
      var answer = UpdateControl.<Probe>noUpdate().rescheduleAfter(again);
      if (context.isPrimaryResourceDeleted() || !leadership.held()) {
        return answer;
      }
      var name = probe.getMetadata().getName();
      say("begin " + name);
      say((step(probe.getSpec()) ? "end " : "interrupted ") + name);
      return answer;
    }

    /** Whether it came to its end. */
    private static boolean step(Probe.Spec spec) {
      var end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(spec.stepMillis());
      var never = new CountDownLatch(1);
      while (System.nanoTime() - end < 0) {
        try {
          var _ = never.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          if (!spec.stubborn()) {
            return false;
          }
        }
      }
      return true;
    }
  }
}
