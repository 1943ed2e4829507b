package dev.rekey;

import dev.rekey.act.AdoptSteps;
import dev.rekey.act.Executor;
import dev.rekey.act.InboxSteps;
import dev.rekey.act.LedgerSteps;
import dev.rekey.act.MintSteps;
import dev.rekey.act.ResourceSteps;
import dev.rekey.act.RevokeSteps;
import dev.rekey.act.RolloutSteps;
import dev.rekey.act.SecretSteps;
import dev.rekey.act.Setbacks;
import dev.rekey.act.SweepSteps;
import dev.rekey.act.VerifySteps;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.cluster.Fence;
import dev.rekey.cluster.RecentSecrets;
import dev.rekey.cluster.fabric8.Fabric8Events;
import dev.rekey.cluster.fabric8.Fabric8Inboxes;
import dev.rekey.cluster.fabric8.Fabric8Issuers;
import dev.rekey.cluster.fabric8.Fabric8Resources;
import dev.rekey.cluster.fabric8.Fabric8Rollouts;
import dev.rekey.cluster.fabric8.Fabric8Secrets;
import dev.rekey.cluster.fabric8.Fabric8Volumes;
import dev.rekey.cluster.fabric8.Fabric8Workloads;
import dev.rekey.cluster.fabric8.InformedPods;
import dev.rekey.config.OperatorConfig;
import dev.rekey.config.Settings;
import dev.rekey.consumers.RollingNamespaces;
import dev.rekey.consumers.Roster;
import dev.rekey.consumers.Waves;
import dev.rekey.issuer.CachedIssuers;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.FencedCredential;
import dev.rekey.issuer.FencedIssuer;
import dev.rekey.issuer.HeldIssuers;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.MeteredIssuer;
import dev.rekey.issuer.http.AddressPolicy;
import dev.rekey.issuer.http.HttpKeyIssuer;
import dev.rekey.issuer.http.HttpTransport;
import dev.rekey.issuer.manual.ManualKeyIssuer;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.observe.Observer;
import dev.rekey.observe.Turnstile;
import dev.rekey.plan.Gate;
import dev.rekey.plan.Line;
import dev.rekey.plan.Planner;
import dev.rekey.plan.Rules;
import dev.rekey.reconcile.Gathered;
import dev.rekey.reconcile.IssuerKeeping;
import dev.rekey.reconcile.Leadership;
import dev.rekey.reconcile.RelevantUpdates;
import dev.rekey.reconcile.Resync;
import dev.rekey.reconcile.RotationPass;
import dev.rekey.reconcile.RotationReconciler;
import dev.rekey.reconcile.ToldStory;
import dev.rekey.reconcile.Wakeups;
import dev.rekey.reconcile.Watches;
import dev.rekey.telemetry.Meters;
import dev.rekey.telemetry.TelemetryServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator: wired by constructor, started, stopped. No logic. */
public final class RekeyOperator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RekeyOperator.class);
  private static final Duration OVERLOOKED = Duration.ofSeconds(10);
  private static final int LEASE_LOST = 3;
  private static final int CANNOT_START = 1;
  private static final long PAGE = 500;

  /** So many times while nothing but time would make Rekey look, it hears of pods that move. */
  private static final int MOVES = 4;

  private final OperatorConfig config;
  private final World world;
  private final KubernetesClient client;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Meters meters = new Meters(registry);
  private final ExecutorService passes =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("pass-", 0).factory());
  private final ExecutorService requests =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory());
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(3, Thread.ofPlatform().daemon().name("timer-", 0).factory());

  /** Apart from the lease's: a word that has to wait must not keep anybody from renewing it. */
  private final ScheduledExecutorService moves =
      Executors.newScheduledThreadPool(1, Thread.ofPlatform().daemon().name("moves-", 0).factory());

  private final HttpTransport transport;
  private final RecentSecrets credentials;
  private final InformedPods pods;
  private final Leadership leadership;
  private final Wakeups wakeups;
  private final IssuerKeeping keeping;
  private final Resync<ApiKeyRotation> resync;
  private final Operator operator;
  private final TelemetryServer telemetry;

  /**
   * What the operator takes from the world around it.
   *
   * @param settings how patient it is
   * @param rules what it decides by; {@link Rules#inOrder} but in a demonstration of what happens
   *     otherwise
   * @param clock what time it is
   * @param random where random names come from
   * @param onLeaseLost ends the process at once, without running shutdown hooks
   */
  public record World(
      Settings settings,
      List<Rules.Named> rules,
      InstantSource clock,
      RandomGenerator random,
      Runnable onLeaseLost) {

    /** The real one. */
    public static World real(Settings settings) {
      return new World(
          settings,
          Rules.inOrder(settings, Gate.standard(settings)),
          InstantSource.system(),
          new SecureRandom(),
          () -> Runtime.getRuntime().halt(LEASE_LOST));
    }
  }

  /**
   * Wires an operator; nothing is started.
   *
   * @param api the cluster, under whichever user agent; the caller closes it
   */
  public RekeyOperator(KubernetesClient api, OperatorConfig config, World world) {
    this.config = config;
    this.world = world;
    this.client = api;
    var settings = world.settings();
    var fence = new Fence(this::mayWork);
    var secrets = fence.around(new Fabric8Secrets(client));
    var workloads = fence.around(new Fabric8Workloads(client));
    var rollouts = fence.around(new Fabric8Rollouts(client));
    var resources = fence.around(new Fabric8Resources(client));
    var watches = Watches.of(client, config.namespace());
    var policy = new AddressPolicy(config.addresses(), config.proxy());
    this.transport = new HttpTransport(policy, requests, world.clock(), settings);
    this.credentials = new RecentSecrets(secrets, world.clock(), CachedIssuers.LATELY);
    var issuers =
        new CachedIssuers(
            watches.keyIssuers(),
            watches.clusterKeyIssuers(),
            credentials,
            config.namespace(),
            (spec, credential) ->
                new FencedIssuer(
                    new MeteredIssuer(
                        compiled(spec, new FencedCredential(credential, fence)),
                        nameOf(spec),
                        world.clock(),
                        meters::issuerAsked),
                    fence));
    var held =
        new HeldIssuers(
            fence.around(new Fabric8Issuers(client)),
            issuers::holder,
            credentials,
            config.namespace(),
            world.clock());
    var ledgers = new LedgerStore(secrets, watches.ledgers(), config.namespace());
    var cluster =
        resources
            .namespaceUid("kube-system")
            .orElseThrow(() ->
                new IllegalStateException(
                    "namespace kube-system, whose UID stands for the cluster, is not there"));
    this.pods = new InformedPods(client, world.clock());
    var volumes = new Fabric8Volumes(client);
    var rolling =
        new RollingNamespaces(workloads, rollouts, volumes, pods, world.clock(), settings.look());
    var turns = new Turnstile(settings, () -> ledgers.cached().rotations(), it -> wakeOwner(it));
    var waves = new Waves();
    var observer =
        new Observer(
            world.clock(),
            cluster,
            resources,
            secrets,
            watches.targets(),
            watches.inboxes(),
            ledgers,
            issuers,
            new Roster(workloads, rollouts, volumes, rolling),
            turns,
            waves);
    var setbacks = new Setbacks(ledgers, settings, world.clock());
    var executor =
        new Executor(
            new LedgerSteps(ledgers, world.random()),
            new AdoptSteps(ledgers, issuers, setbacks),
            new MintSteps(
                ledgers, issuers, held, settings, world.clock(), world.random(), setbacks),
            new SweepSteps(ledgers, issuers, settings, world.clock(), setbacks),
            new VerifySteps(ledgers, issuers, world.clock(), setbacks),
            new InboxSteps(
                ledgers,
                fence.around(new Fabric8Inboxes(client)),
                issuers,
                world.clock(),
                setbacks),
            new SecretSteps(ledgers, secrets, settings, world.clock(), setbacks),
            new RolloutSteps(ledgers, workloads, rollouts, rolling, setbacks),
            new RevokeSteps(ledgers, issuers, settings, world.clock(), setbacks),
            new ResourceSteps(resources));
    var events =
        fence.around(
            new Fabric8Events(
                client, world.clock(), eventNames(), config.identity(), config.namespace()));
    var story = new ToldStory(events, meters, waves);
    var pass =
        new RotationPass(
            observer,
            new Planner(world.rules()),
            turns,
            executor,
            resources,
            story,
            settings,
            waves,
            this::mayWork);
    this.leadership =
        new Leadership(
            client,
            config.namespace(),
            config.election().lease(),
            config.identity(),
            leadershipTerms(),
            world.clock(),
            System::nanoTime,
            timers,
            world.onLeaseLost());
    this.wakeups = new Wakeups(watches, rolling::isNeeded);
    pods.onChange(new Gathered(moves, settings.look().dividedBy(MOVES), wakeups::podsChanged));
    this.keeping =
        new IssuerKeeping(
            watches.keyIssuers(),
            watches.clusterKeyIssuers(),
            wakeups::resources,
            ledgers,
            held,
            events,
            settings,
            world.clock(),
            () -> mayWork() && wakeups.isRunning() && wakeups.areHealthy());
    this.resync = new Resync<>(ApiKeyRotation.class, timers, OVERLOOKED, settings.idleLook());
    this.operator =
        new Operator(it -> {
          it.withKubernetesClient(client)
              .withCloseClientOnStop(false)
              .withExecutorService(passes)
              .withUseSSAToPatchPrimaryResource(false)
              .checkingCRDAndValidateLocalModel(false)
              .withReconciliationTerminationTimeout(leadershipTerms().longestStop());
          if (config.election().enabled()) {
            it.withLeaderElectionConfiguration(leadership.configuration());
          }
        });
    operator.register(
        new RotationReconciler(pass, wakeups, resync, this::mayWork, settings, story),
        it ->
            it.withGenerationAware(false)
                // also passes for resources on their way out: without it the SDK skips them
                // silently, and may run two passes at once over a name that is deleted and made
                // anew
                .withTriggerReconcilerOnAllEvents(true)
                .withOnUpdateFilter(new RelevantUpdates<>())
                .withInformerListLimit(PAGE));
    this.telemetry =
        TelemetryServer.start(
            config.http().address(),
            config.http().port(),
            requests,
            () -> meters.scrape(wakeups::resources),
            this::isHealthy,
            this::isReady);
  }

  /** The issuer of a definition, whichever type it is of. */
  private Issuer compiled(IssuerSpec spec, CredentialSource credential) {
    var manual = spec.manual();
    return manual == null
        ? HttpKeyIssuer.compile(spec, credential, transport)
        : ManualKeyIssuer.compile(spec, manual, transport, world.clock());
  }

  /** What its requests are counted under. */
  private static String nameOf(IssuerSpec spec) {
    var manual = spec.manual();
    var http = spec.http();
    return manual != null ? manual.dashboard() : http == null ? "" : http.url();
  }

  private Leadership.Terms leadershipTerms() {
    var election = config.election();
    return new Leadership.Terms(
        election.duration(), election.renewDeadline(), election.retryPeriod());
  }

  /** Suffixes for the names of Events: unique for this process, and for the one after it. */
  private Supplier<String> eventNames() {
    var counter = new AtomicLong();
    var prefix = Long.toHexString(world.clock().instant().toEpochMilli());
    return () ->
        prefix + "-" + Long.toHexString(counter.incrementAndGet()).toLowerCase(Locale.ROOT);
  }

  private boolean mayWork() {
    return !config.election().enabled() || leadership.held();
  }

  private void wakeOwner(Line.Who rotation) {
    wakeups.wakeOwner(rotation.namespace(), rotation.secret());
  }

  private boolean isHealthy() {
    return !wakeups.isRunning() || wakeups.areHealthy();
  }

  /** A standby is ready: it is there to take over. */
  private boolean isReady() {
    return operator.getRuntimeInfo().isStarted() && isHealthy();
  }

  /** Starts to lead, or to stand by. */
  public void start() {
    operator.start();
    long pause = world.settings().heldLook().toMillis();
    timers.scheduleWithFixedDelay(keeping::look, pause, pause, TimeUnit.MILLISECONDS);
    timers.scheduleWithFixedDelay(credentials::forgetOld, 1, 1, TimeUnit.MINUTES);
    log.info("Rekey serves metrics and probes on port {}", telemetry.port());
  }

  /** Where metrics and probes are served. */
  public int port() {
    return telemetry.port();
  }

  /** Ends running steps, hands the lease over, and stops. */
  @Override
  public void close() {
    if (config.election().enabled()) {
      leadership.stop(operator::stop, passes);
    } else {
      operator.stop();
    }
    pods.close();
    telemetry.close();
    transport.close();
    moves.shutdownNow();
    timers.shutdownNow();
    requests.shutdownNow();
  }

  /** Runs the operator until it is told to end. */
  public static void main(String[] arguments) {
    var environment = System.getenv();
    var config = OperatorConfig.from(environment);
    var settings = OperatorConfig.settings(environment);
    // The API server names the field manager of a write after the user agent: the Secret's managed
    // fields then tell when Rekey wrote it.
    var api =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withUserAgent(SecretSteps.FIELD_MANAGER + "/operator")
                    // a request is not repeated behind our back: a write whose answer was lost
                    // would come back as a conflict with itself
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build()
            .adapt(NamespacedKubernetesClient.class);
    var rekey = new RekeyOperator(api, config, World.real(settings));
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> {
                  rekey.close();
                  api.close();
                  // ended as it was told to: without this a JVM says 143 after SIGTERM
                  Runtime.getRuntime().halt(0);
                }));
    try {
      rekey.start();
    } catch (RuntimeException problem) {
      log.error("Rekey could not start; it needs its CRDs and its roles", problem);
      Runtime.getRuntime().halt(CANNOT_START);
    }
  }
}
