package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.AdoptedKey;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.CreationPolicy;
import dev.rekey.api.v1alpha1.IssuerKind;
import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.api.v1alpha1.Rollout;
import dev.rekey.api.v1alpha1.Schedule;
import dev.rekey.api.v1alpha1.TargetSecret;
import dev.rekey.cluster.ClusterException;
import dev.rekey.observe.Turns;
import dev.rekey.rotation.Companion;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Tracing;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A namespace with an application of two pods, an issuer, and an operator that comes by whenever it
 * said it would. Time only passes when a test says so; every promise is checked after every effect.
 */
final class Simulation {
  static final String NAME = "messaging";
  static final String APP = "api";
  static final Duration SETTLE = Duration.ofSeconds(15);
  static final Duration SOAK = Duration.ofMinutes(10);
  static final Duration INTERVAL = Duration.ofDays(90);

  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final int BEATS = 30;
  private static final Duration GONE_LOOK = Duration.ofMinutes(1);

  final SimulatedClock clock = new SimulatedClock(START);
  final Effects effects = new Effects();
  final SimulatedSecrets secrets = new SimulatedSecrets(clock, effects);
  final SimulatedResources resources = new SimulatedResources(effects);
  final SimulatedWorkloads workloads = new SimulatedWorkloads(clock, effects, secrets);
  final SimulatedIssuer issuer = new SimulatedIssuer(clock, effects);

  final SimulatedInbox inbox = new SimulatedInbox(clock, effects);

  private final List<String> told = new ArrayList<>();
  private final Promises promises = new Promises(this);
  private Sabotage sabotage = Sabotage.none();
  private Optional<Turns> shared = Optional.empty();
  private SimulatedOperator operator;
  private int operators;
  private int passes;

  private Simulation() {
    resources.tellingWatches(clock);
    effects.beforeEach(promises::before);
    effects.afterEach(promises::after);
    operator = newOperator();
  }

  /** An application whose pods wait for a Secret, and a resource that nobody has looked at yet. */
  static Simulation beforeTheFirstKey() {
    var world = new Simulation();
    world.workloads.deploy(APP, 2);
    world.resources.create(NAME, spec());
    return world;
  }

  /** The first key is in use, and nothing is due. */
  static Simulation atRest() {
    var world = beforeTheFirstKey();
    world.untilOver();
    return world;
  }

  /** The first key is in use and has just reached the age at which it is replaced. */
  static Simulation due() {
    var world = atRest();
    world.sleep(INTERVAL);
    return world;
  }

  /** Two pods on a key that somebody made by hand, long ago; a resource that names it. */
  static Simulation madeByHand() {
    var world = new Simulation();
    var key = world.issuer.fake().seed("made by hand", START.minus(INTERVAL));
    world.secrets.putByHand(key.value().reveal());
    world.workloads.deploy(APP, 2);
    world.sleep(Duration.ofMinutes(1));
    world.resources.create(
        NAME,
        spec(
            CreationPolicy.Create,
            new AdoptedKey(key.id(), null, null),
            new Schedule("90d", null)));
    return world;
  }

  /** The same at a service that has only a dashboard; the key is due to be replaced. */
  static Simulation atDashboard() {
    var world = new Simulation();
    world.issuer.can(Tracing.PERSON, false, true, false);
    var begin = START.minus(INTERVAL);
    var key = world.issuer.fake().seed("made by hand", begin);
    world.secrets.putByHand(key.value().reveal());
    world.workloads.deploy(APP, 2);
    world.sleep(Duration.ofMinutes(1));
    world.resources.create(
        NAME,
        spec(
            CreationPolicy.Create,
            new AdoptedKey(key.id(), begin.toString(), null),
            new Schedule("90d", null)));
    return world;
  }

  /** The same, of which Rekey only looks. */
  static ApiKeyRotationSpec suspended(ApiKeyRotationSpec spec) {
    return new ApiKeyRotationSpec(
        spec.issuerRef(),
        spec.secret(),
        spec.adopt(),
        spec.schedule(),
        spec.rollout(),
        spec.deletionPolicy(),
        true);
  }

  static ApiKeyRotationSpec spec() {
    return spec(CreationPolicy.Create, null, new Schedule("90d", null));
  }

  static ApiKeyRotationSpec spec(
      CreationPolicy policy, @Nullable AdoptedKey adopt, @Nullable Schedule schedule) {
    return new ApiKeyRotationSpec(
        new IssuerRef(IssuerKind.KeyIssuer, SimulatedIssuer.BINDING.name()),
        new TargetSecret(
            SimulatedSecrets.TARGET, policy, Map.of(SimulatedSecrets.DATA_KEY, "${key.value}")),
        adopt,
        schedule,
        new Rollout("15s", "15m", "10m"));
  }

  // the operator

  /** The process ends, and another one begins. */
  void restart() {
    operator = newOperator();
  }

  /** The operator is replaced by one with which something is wrong. */
  void sabotage(Sabotage how) {
    sabotage = how;
    restart();
  }

  /** The same, and the API server whose list fills the new one's cache is behind itself. */
  void restartOn(Map<String, Secret> earlier) {
    secrets.stopCacheAt(earlier);
    operator = operatorNow();
  }

  /** The operator gives turns to other rotations as well, whose namespaces are other worlds. */
  void sharing(Turns turns) {
    shared = Optional.of(turns);
    restart();
  }

  private SimulatedOperator newOperator() {
    secrets.resumeCache();
    return operatorNow();
  }

  private SimulatedOperator operatorNow() {
    return new SimulatedOperator(
        new SimulatedOperator.Wiring(
            clock,
            secrets,
            secrets.watchedBy(Names.LEDGER_LABEL),
            secrets.watchedBy(Names.TARGET_LABEL),
            inbox,
            inbox,
            resources,
            resources,
            workloads,
            watchOfPods(),
            issuer,
            told::add,
            () -> true,
            UnaryOperator.identity(),
            it -> shared.orElse(it),
            secrets.reader(),
            ++operators),
        sabotage);
  }

  /** One that is never behind. */
  private LaggingPods watchOfPods() {
    var shown = sabotage.workloads().apply(workloads);
    var watch =
        new LaggingPods(
            clock, new Lag(clock, Duration.ZERO), () -> shown.pods(SimulatedSecrets.TEAM));
    workloads.whenMoved(watch::moved);
    return watch;
  }

  /** Another rotation of this process says, at every pass of it, what it is about to do. */
  void saysOther(String secret, Companion.Intent intent) {
    operator.waves.say(
        SimulatedSecrets.TEAM,
        "another-resource",
        Optional.of(
            new Companion(
                secret, "ApiKeyRotation " + secret, intent, Restarts.ALL, clock.instant())));
  }

  /** What the rotation itself has said last. */
  List<Companion> says() {
    return operator.waves.beside(SimulatedSecrets.TEAM, "another-resource");
  }

  /** The operator looks at the resource once. */
  Duration pass() {
    return pass(NAME);
  }

  Duration pass(String name) {
    passes++;
    if (!resources.isThere(name)) {
      // nobody calls the operator for a resource that is gone
      return GONE_LOOK;
    }
    return pass(SimulatedResources.copy(resources.required(name)));
  }

  /** The operator looks at the resource as its cache has it. */
  Duration pass(ApiKeyRotation cached) {
    try {
      return operator.pass(cached);
    } catch (Crash crash) {
      restart();
      return BEAT;
    } catch (ClusterException noAnswer) {
      told.add(String.valueOf(noAnswer.getMessage()));
      return sabotage.settings().backoff();
    } finally {
      promises.always();
    }
  }

  // time

  /** Time passes while the operator is away. */
  void sleep(Duration span) {
    var end = clock.instant().plus(span);
    for (int beat = 0; beat < BEATS && clock.instant().isBefore(end); beat++) {
      beat(end);
    }
    clock.advance(Duration.between(clock.instant(), end));
    promises.always();
  }

  private void beat(Instant end) {
    var left = Duration.between(clock.instant(), end);
    clock.advance(left.compareTo(BEAT) < 0 ? left : BEAT);
    workloads.step();
    promises.always();
  }

  /** Time passes, and the operator comes by whenever it said it would. */
  void run(Duration span) {
    var end = clock.instant().plus(span);
    while (clock.instant().isBefore(end)) {
      var wait = pass();
      var left = Duration.between(clock.instant(), end);
      sleep(wait.compareTo(left) < 0 ? wait : left);
    }
  }

  /** Time passes until {@code there}; a day and a thousand passes are too long. */
  void until(BooleanSupplier there) {
    var end = clock.instant().plus(Duration.ofDays(1));
    int last = passes + 1000;
    while (!there.getAsBoolean()) {
      var wait = pass();
      if (there.getAsBoolean()) {
        return;
      }
      assertThat(clock.instant().isBefore(end) && passes < last)
          .as(() -> "still not there after " + passes + " passes\n" + tail())
          .isTrue();
      sleep(wait);
    }
  }

  /** Until the ledger says so. */
  void untilLedger(Predicate<Rotation> says) {
    until(() -> secrets.ledger().map(says::test).orElse(false));
  }

  /** Until the rotation under way is over, or else the next one. */
  void untilOver() {
    int over =
        secrets.ledger().map(it -> it.sequence() - it.run().map(run -> 1).orElse(0)).orElse(0);
    untilLedger(it -> it.run().isEmpty() && it.sequence() > over);
  }

  /** Until a pass ends with this word. */
  void untilStatus(String phase) {
    until(() -> resources.status(NAME).map(it -> phase.equals(it.phase())).orElse(false));
  }

  // what people do

  void ask(String token) {
    resources.annotate(NAME, Names.ROTATE, token);
  }

  /** Something happens right after each effect that is told in these words. */
  void whenever(String told, Runnable happens) {
    effects.afterEach(it -> {
      if (it.told().contains(told)) {
        happens.run();
      }
    });
  }

  // what a test looks at

  /** Every word that people could read so far. */
  List<String> told() {
    return told;
  }

  /** What Rekey has done since {@code mark}, without the status. */
  List<String> doneSince(int mark) {
    return effects.done().stream()
        .skip(mark)
        .filter(it -> it.kind() != Effect.Kind.STATUS)
        .map(Effect::told)
        .toList();
  }

  /** Where the log of effects is now. */
  int mark() {
    return effects.done().size();
  }

  Rotation ledger() {
    return secrets.ledger().orElseThrow();
  }

  ApiKeyRotationStatus status() {
    return resources.status(NAME).orElseThrow();
  }

  Condition ready() {
    return ready(NAME);
  }

  Condition ready(String name) {
    return resources
        .status(name)
        .flatMap(it -> Optional.ofNullable(it.conditions()))
        .flatMap(all -> all.stream().filter(it -> "Ready".equals(it.getType())).findFirst())
        .orElseThrow();
  }

  List<String> brokenPromises() {
    return promises.broken();
  }

  List<String> leftOver() {
    return promises.leftOver();
  }

  /** Nothing was broken on the way. */
  void assertPromisesKept() {
    assertThat(promises.broken()).as(this::tail).isEmpty();
  }

  /** Nothing was broken on the way, and all is in order now. */
  void assertInOrder() {
    assertPromisesKept();
    assertThat(promises.leftOver()).as(this::tail).isEmpty();
  }

  private String tail() {
    var all = effects.done();
    return String.join(
            "\n",
            all.subList(Math.max(0, all.size() - 40), all.size()).stream()
                .map(Effect::told)
                .toList())
        + "\n"
        + String.join("\n", told.subList(Math.max(0, told.size() - 6), told.size()));
  }
}
