package dev.rekey.reconcile;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.FunctionCallable;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica at a time: the Java Operator SDK elects, this class makes the election mean
 * something.
 *
 * <ul>
 *   <li>By default the SDK reacts to a lost lease with a log line, and goes on reconciling. Here
 *       the process ends ({@code onLost}, {@code Runtime.halt} in production): threads in the
 *       middle of a step cannot be stopped otherwise.
 *   <li>The SDK's other setting, to call {@code System.exit} when it stops leading, deadlocks when
 *       a shutdown hook stops the operator, for then it is called inside that hook. So it stays
 *       off, and the callback here tells the two apart by {@code stopping}.
 *   <li>The elector renews in a loop that waits for its own request. While the API server does not
 *       answer, client timeouts and retries hold that loop for far longer than the lease lasts, and
 *       nobody calls back. So the lease is also read here, on a thread and with timeouts of its
 *       own, and a third task watches the time that is left.
 *   <li>A process that was suspended wakes in all its threads at once, and a pass may be faster
 *       than any callback. So {@link #held()} answers from the clocks alone, for whoever is about
 *       to change something ({@link dev.rekey.cluster.Fence}).
 *   <li>The SDK does not release the lease when it stops, and a standby would wait for it to run
 *       out: {@link #stop} releases it, once no pass is running any more.
 * </ul>
 */
public final class Leadership {

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  private static final int RELEASES = 3;

  /**
   * The times of the election.
   *
   * @param lease how long the others wait after our last renewal; whole seconds
   * @param renewDeadline after how long without a renewal this process ends itself
   * @param retryPeriod how often the lease is renewed and read, or tried for
   */
  public record Terms(Duration lease, Duration renewDeadline, Duration retryPeriod) {
    /** What Kubernetes' own components use. */
    public static final Terms DEFAULT =
        new Terms(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    public Terms {
      if (lease.isZero() || !lease.equals(lease.truncatedTo(ChronoUnit.SECONDS))) {
        throw new IllegalArgumentException("a lease lasts whole seconds, not " + lease);
      }
      if (renewDeadline.compareTo(lease) >= 0
          || retryPeriod.multipliedBy(3).compareTo(renewDeadline) > 0) {
        throw new IllegalArgumentException(
            "needed: three times retryPeriod %s <= renewDeadline %s < lease %s"
                .formatted(retryPeriod, renewDeadline, lease));
      }
    }

    /**
     * How long a stop may wait for a running step. The SDK's stop ends the renewals first, so this
     * is what surely remains of them.
     */
    public Duration longestStop() {
      return renewDeadline.minus(retryPeriod.multipliedBy(2));
    }
  }

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final String identity;
  private final Terms terms;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ScheduledExecutorService watch;
  private final Runnable onLost;

  private final Tenure tenure;
  private final AtomicBoolean lost = new AtomicBoolean();
  private volatile boolean stopping;
  private volatile boolean leading;
  private volatile long leadingSince;

  /**
   * A candidate for the lease.
   *
   * @param identity who holds the lease; unique among the replicas
   * @param nanos a monotonic clock, as {@code System::nanoTime}; it goes on while we are suspended
   * @param watch has two threads or more: one may be stuck in a request while the other watches the
   *     time
   * @param onLost ends the process without running shutdown hooks
   */
  public Leadership(
      KubernetesClient client,
      String namespace,
      String name,
      String identity,
      Terms terms,
      InstantSource clock,
      LongSupplier nanos,
      ScheduledExecutorService watch,
      Runnable onLost) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.identity = identity;
    this.terms = terms;
    this.clock = clock;
    this.nanos = nanos;
    this.watch = watch;
    this.onLost = onLost;
    this.tenure = new Tenure(terms.renewDeadline());
  }

  /** What the operator is configured with. */
  public LeaderElectionConfiguration configuration() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(name)
        .withLeaseNamespace(namespace)
        .withIdentity(identity)
        .withLeaseDuration(terms.lease())
        .withRenewDeadline(terms.renewDeadline())
        .withRetryPeriod(terms.retryPeriod())
        .withLeaderCallbacks(
            new LeaderCallbacks(
                this::started,
                this::stopped,
                leader -> log.info("the lease {} is held by {}", name, leader)))
        .build();
  }

  /**
   * Whether the lease is surely ours at this instant, which every pass asks before each step, and
   * the fence before each change.
   */
  public boolean held() {
    return leading && tenure.holds(nanos.getAsLong(), clock.instant());
  }

  /**
   * Ends the work, and hands the lease over where that is safe. Called by the shutdown hook.
   *
   * @param stopWork stops the operator, waiting for running passes for no longer than {@link
   *     Terms#longestStop()}
   * @param passes where the passes run, which the operator's stop has shut down. A step that
   *     ignores even its interruption keeps the lease from being released: the standby must not
   *     begin beside it.
   */
  public void stop(Runnable stopWork, ExecutorService passes) {
    stopping = true;
    stopWork.run();
    if (ended(passes)) {
      release();
    } else {
      log.warn("a step is still running, so the lease {} is left to run out", name);
    }
  }

  private boolean ended(ExecutorService passes) {
    try {
      return passes.awaitTermination(terms.retryPeriod().toMillis() / 2, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Clears the holder, so that a standby leads with its next try. Duration and times stay filled
   * in, for the elector of a standby fails for good on a lease without them.
   *
   * @return whether the lease was ours and is now nobody's
   */
  public boolean release() {
    leading = false;
    try {
      for (int attempt = 1; attempt <= RELEASES; attempt++) {
        var lease = read();
        if (lease == null || !ours(lease)) {
          return false;
        }
        if (cleared(lease)) {
          log.info("released the lease {}", name);
          return true;
        }
      }
      log.warn("the lease {} could not be released: it is being written by somebody else", name);
    } catch (KubernetesClientException e) {
      log.warn("the lease {} could not be released: {}", name, e.getMessage());
    }
    return false;
  }

  /** False when somebody else wrote it meanwhile, as the elector's last renewal may. */
  private boolean cleared(Lease lease) {
    var spec = lease.getSpec();
    spec.setHolderIdentity(null);
    spec.setLeaseDurationSeconds(1);
    spec.setRenewTime(ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
    try {
      request().call(c -> c.leases().inNamespace(namespace).resource(lease).update());
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }

  private void started() {
    leadingSince = nanos.getAsLong();
    tenure.begin(leadingSince, clock.instant());
    leading = true;
    look();
    long period = terms.retryPeriod().toMillis();
    var _ = watch.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    var _ =
        watch.scheduleAtFixedRate(
            this::check, period, Math.max(1, period / 4), TimeUnit.MILLISECONDS);
  }

  private void stopped() {
    if (!stopping) {
      lost("the elector stopped leading");
    }
  }

  /** Reads the lease, and learns until when it is ours. */
  private void look() {
    if (!leading) {
      return;
    }
    long readAt = nanos.getAsLong();
    Instant now = clock.instant();
    Lease lease;
    try {
      lease = read();
    } catch (KubernetesClientException e) {
      log.warn("the lease {} could not be read: {}", name, e.getMessage());
      return;
    }
    if (lease == null || !ours(lease)) {
      lost("it is gone, or somebody else's");
      return;
    }
    tenure.seen(lease.getSpec().getRenewTime().toInstant(), readAt, now);
  }

  private void check() {
    long now = nanos.getAsLong();
    if (leading && tenure.isOver(now) && now - leadingSince >= terms.renewDeadline().toNanos()) {
      lost("the lease was not seen renewed for " + terms.renewDeadline());
    }
  }

  private void lost(String why) {
    if (leading && lost.compareAndSet(false, true)) {
      leading = false;
      log.error("lost the lease {}: {}; this process ends", name, why);
      onLost.run();
    }
  }

  private boolean ours(Lease lease) {
    return lease.getSpec() != null
        && Objects.equals(lease.getSpec().getHolderIdentity(), identity)
        && lease.getSpec().getRenewTime() != null;
  }

  private @Nullable Lease read() {
    return request().call(c -> c.leases().inNamespace(namespace).withName(name).get());
  }

  /** One try, shorter than the time between two reads: the next one is the retry. */
  private FunctionCallable<? extends NamespacedKubernetesClient> request() {
    return client
        .adapt(NamespacedKubernetesClient.class)
        .withRequestConfig(
            new RequestConfigBuilder()
                .withRequestTimeout((int) terms.retryPeriod().toMillis())
                .withRequestRetryBackoffLimit(0)
                .build());
  }
}
