package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Companion;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Inbox;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Observation.Traits;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Readiness;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * What a rule is shown. It begins with a world at rest: key 1, ten days old, is in the Secret as
 * publication 1, and its issuer is well. A test says what is different.
 */
public final class Given {
  /** The time of every observation, where nothing else is said. */
  public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  public static final Settings SETTINGS = Settings.standard();
  public static final String LINEAGE = "lineage1";
  public static final IssuerBinding ISSUER =
      new IssuerBinding("KeyIssuer", "payments", "messaging", "issuer-1", "account-1");

  static final Duration SETTLE = Duration.ofSeconds(15);
  static final Duration SOAK = Duration.ofMinutes(10);
  static final Duration PROGRESS_TIMEOUT = Duration.ofMinutes(15);
  static final Duration LIFE = Duration.ofDays(180);

  /** Of a Secret that nobody can write any more. */
  static final Traits IMMUTABLE = new Traits(true, List.of(), false);

  static final Binding BINDING =
      new Binding("cluster-1", "payments", "messaging-api-key", "messaging", "resource-1");

  private Instant now = NOW;
  private boolean live = true;
  private Read<Terms> terms = new Read.Valid<>(terms());
  private Observation.Wishes wishes = Observation.Wishes.NONE;
  private Optional<Instant> deletingSince = Optional.empty();
  private Optional<Boolean> guarded = Optional.empty();
  private boolean suspended;
  private final Map<IssuerBinding, IssuerView> issuers = new HashMap<>();
  private Rotation rotation;
  private Optional<Ledger> ledger = Optional.empty();
  private Owner owner = Owner.THIS_RESOURCE;
  private Target secret;
  private IssuerView issuer =
      new IssuerView.Usable(
          ISSUER,
          Capabilities.labelled(
              true, Optional.of(LIFE), OptionalInt.empty(), Duration.ofSeconds(10)));
  private final List<Consumers.Workload> workloads = new ArrayList<>();
  private final List<Consumers.Pod> pods = new ArrayList<>();
  private final List<Companion> companions = new ArrayList<>();
  private Optional<Inbox> inbox = Optional.empty();
  private boolean lookedAt;
  private Observation.Turn turn = new Observation.Turn.Granted();

  private Given() {
    rotation =
        Rotation.begin(LINEAGE, BINDING, List.of())
            .adopted(
                key("1", Role.CURRENT, NOW.minus(Duration.ofDays(10)))
                    .checked(
                        new Checks(
                            3,
                            Optional.of(NOW.minus(Duration.ofDays(10))),
                            Optional.empty(),
                            Optional.empty())))
            .published(publication(1, "1"))
            .written(NOW.minus(Duration.ofDays(10)));
    secret = shows(1, "1");
  }

  // where a rotation stands

  /** Nothing is due. */
  public static Given atRest() {
    return new Given();
  }

  /** There is no ledger and no Secret. */
  static Given nothing() {
    return new Given().ledger(new Ledger.Missing()).secret(new Target.Missing());
  }

  /** A ledger without any key, and no Secret. */
  static Given noKey() {
    return new Given()
        .rotation(any -> Rotation.begin(LINEAGE, BINDING, List.of()))
        .secret(new Target.Missing());
  }

  /** A rotation has begun a minute ago, and has no key yet. */
  public static Given begun() {
    return new Given().rotation(it -> it.begun(run(), List.of()));
  }

  /** Key 2 is minted, and nobody has seen it. */
  public static Given minted() {
    return begun()
        .rotation(it ->
            it.opened(attempt("2", Attempt.State.OPEN))
                .minted("2", key("2", Role.NEXT, NOW.minusSeconds(30))));
  }

  /** Key 2 has proven itself. */
  static Given proven() {
    return minted().checks("2", new Checks(3, at(1), Optional.empty(), Optional.empty()));
  }

  /** The Secret shows key 2 since this long ago. */
  public static Given published(Duration ago) {
    return proven()
        .rotation(it -> it.published(publication(2, "2")).written(NOW.minus(ago)))
        .secret(shows(2, "2"));
  }

  /** The Secret shows key 2 for an hour, everybody is on it, for longer than the soak. */
  public static Given soaked() {
    return published(Duration.ofHours(1))
        .workload("api", 2, true)
        .pod("api-1", 2)
        .pod("api-2", 2)
        .progress(2, 2, Duration.ofMinutes(30), true)
        .checks("2", new Checks(4, at(5), Optional.empty(), Optional.empty()));
  }

  /** Key 1 is condemned, and key 2 is in use. */
  public static Given condemned() {
    return soaked().rotation(it -> it.condemned("1"));
  }

  // what is different

  public Given at(Instant time) {
    now = time;
    return this;
  }

  Given fromCaches() {
    live = false;
    return this;
  }

  Given rotation(UnaryOperator<Rotation> change) {
    rotation = change.apply(rotation);
    return this;
  }

  Given ledger(Ledger other) {
    ledger = Optional.of(other);
    return this;
  }

  public Given owner(Owner other) {
    owner = other;
    return this;
  }

  public Given secret(Target other) {
    secret = other;
    return this;
  }

  Given issuer(IssuerView other) {
    issuer = other;
    return this;
  }

  Given issuerCan(boolean verifies, Optional<Duration> maxAge, OptionalInt quota) {
    return issuer(
        new IssuerView.Usable(
            ISSUER, Capabilities.labelled(verifies, maxAge, quota, Duration.ofSeconds(10))));
  }

  /** A person has put something into the inbox. */
  Given inbox(Inbox brought) {
    inbox = Optional.of(brought);
    return this;
  }

  /** A person says that this key is deleted. */
  Given deleted(String key) {
    wishes =
        new Observation.Wishes(
            wishes.rotate(),
            wishes.leaked(),
            wishes.revokeNow(),
            wishes.takeover(),
            Optional.of(new Observation.Named("token-" + key, key)));
    return this;
  }

  Given quota(int keys) {
    return issuerCan(true, Optional.of(LIFE), OptionalInt.of(keys));
  }

  Given cannotVerify() {
    return issuerCan(false, Optional.of(LIFE), OptionalInt.empty());
  }

  Given issuerIsGone() {
    issuers.put(ISSUER, new IssuerView.Unusable(Reason.IssuerNotFound, "it is gone"));
    return issuer(new IssuerView.Unusable(Reason.IssuerNotFound, "it is gone"));
  }

  Given terms(UnaryOperator<Terms> change) {
    terms = new Read.Valid<>(change.apply(terms()));
    return this;
  }

  /** It has been due for so long. */
  public Given dueSince(Duration ago) {
    return schedule(Duration.ofDays(10).minus(ago), Duration.ofDays(1));
  }

  Given schedule(Duration interval, Duration renewBefore) {
    return terms(it ->
        new Terms(
            it.secret(),
            it.createsSecret(),
            it.data(),
            it.adoption(),
            Optional.of(interval),
            Optional.of(renewBefore),
            it.settle(),
            it.soak(),
            it.progressTimeout(),
            it.minOverlap(),
            it.rollsBack(),
            it.restarts(),
            it.revokesOnDeletion(),
            it.leavesOldKeys()));
  }

  Given adopting(Terms.Adoption adoption) {
    return terms(it ->
        new Terms(
            it.secret(),
            it.createsSecret(),
            it.data(),
            Optional.of(adoption),
            it.interval(),
            it.renewBefore(),
            it.settle(),
            it.soak(),
            it.progressTimeout(),
            it.minOverlap(),
            it.rollsBack(),
            it.restarts(),
            it.revokesOnDeletion(),
            it.leavesOldKeys()));
  }

  /** The old key is left to a person. */
  Given leavingOldKeys() {
    return terms(it ->
        new Terms(
            it.secret(),
            it.createsSecret(),
            it.data(),
            it.adoption(),
            it.interval(),
            it.renewBefore(),
            it.settle(),
            it.soak(),
            it.progressTimeout(),
            it.minOverlap(),
            it.rollsBack(),
            it.restarts(),
            it.revokesOnDeletion(),
            true));
  }

  Given merging() {
    return terms(it ->
        new Terms(
            it.secret(),
            false,
            it.data(),
            it.adoption(),
            it.interval(),
            it.renewBefore(),
            it.settle(),
            it.soak(),
            it.progressTimeout(),
            it.minOverlap(),
            it.rollsBack(),
            it.restarts(),
            it.revokesOnDeletion(),
            it.leavesOldKeys()));
  }

  Given invalid() {
    terms = new Read.Invalid<>(Reason.InvalidSpec, "spec.rollout.soak: write a duration");
    return this;
  }

  public Given token(String value) {
    wishes =
        new Observation.Wishes(
            Optional.of(value), wishes.leaked(), wishes.revokeNow(), wishes.takeover());
    return this;
  }

  /** {@code rekey.dev/leaked} names this key. */
  Given leaked(String key) {
    wishes =
        new Observation.Wishes(
            wishes.rotate(),
            Optional.of(new Observation.Named("leaked-" + key, key)),
            wishes.revokeNow(),
            wishes.takeover());
    return this;
  }

  /**
   * The resource carries Rekey's finalizer, or does not; otherwise it does as long as it should.
   */
  Given guarded(boolean it) {
    guarded = Optional.of(it);
    return this;
  }

  /** The resource is being deleted since this long ago. */
  Given deleting(Duration ago) {
    deletingSince = Optional.of(NOW.minus(ago));
    return this;
  }

  Given revoking() {
    return terms(it -> with(it, true));
  }

  private static Terms with(Terms it, boolean revokes) {
    return new Terms(
        it.secret(),
        it.createsSecret(),
        it.data(),
        it.adoption(),
        it.interval(),
        it.renewBefore(),
        it.settle(),
        it.soak(),
        it.progressTimeout(),
        it.minOverlap(),
        it.rollsBack(),
        it.restarts(),
        revokes,
        it.leavesOldKeys());
  }

  /** {@code rekey.dev/takeover} names this lineage. */
  Given takeover(String lineage) {
    wishes =
        new Observation.Wishes(
            wishes.rotate(), wishes.leaked(), wishes.revokeNow(), Optional.of(lineage));
    return this;
  }

  /** The rotation under way is another one. */
  public Given run(UnaryOperator<Run> change) {
    return rotation(it -> it.run(change));
  }

  /** What is known of the issuer that keys of this binding come from. */
  Given issuerOf(IssuerBinding binding, IssuerView view) {
    issuers.put(binding, view);
    return this;
  }

  /** A person has written this id into rekey.dev/revoke-now. */
  Given revokeNow(String id) {
    wishes =
        new Observation.Wishes(
            wishes.rotate(),
            wishes.leaked(),
            Optional.of(new Observation.Named("revoke-" + id, id)),
            wishes.takeover());
    return this;
  }

  /** Others come first. */
  public Given waiting(int position, int of, int running) {
    turn = new Observation.Turn.Waiting(position, of, running, 5, Observation.Turn.Scope.NAMESPACE);
    return this;
  }

  Given suspended() {
    suspended = true;
    return this;
  }

  Given checks(String key, Checks checks) {
    return rotation(it -> it.key(it.key(key).orElseThrow().checked(checks)));
  }

  public Given failed(Verb verb, String subject, Duration from) {
    return rotation(it ->
        it.failed(
            new Failure(
                verb, subject, 1, NOW.plus(from), 1, Reason.IssuerFailed, "The issuer failed.")));
  }

  Given workload(String name, int stamp, boolean rolledOut) {
    lookedAt = true;
    workloads.add(
        new Consumers.Workload(
            new Consumers.WorkloadRef(WorkloadKind.Deployment, name, "uid-" + name, "7"),
            Optional.of(new Stamp(LINEAGE, stamp)),
            Reading.TAKEN,
            rolledOut,
            "1 of 2 replicas are updated, 2 available",
            true));
    return this;
  }

  /** An Argo Rollout that is to have no pod that is older than {@code restartAt}. */
  Given argo(String name, Optional<Instant> restartAt, boolean rolledOut) {
    lookedAt = true;
    workloads.add(
        new Consumers.Workload(
            new Consumers.WorkloadRef(WorkloadKind.Rollout, name, "uid-" + name, "7"),
            Optional.empty(),
            Reading.TAKEN,
            rolledOut,
            "1 of 2 replicas are available",
            true,
            Optional.empty(),
            List.of(),
            restartAt));
    return this;
  }

  public Given pod(String name, int stamp) {
    return pod(name, stamp, new Readiness.Ready());
  }

  /** A pod of {@code Deployment api} that is not ready. */
  Given unready(String name, int stamp, String why) {
    return pod(name, stamp, new Readiness.NotReady(why));
  }

  private Given pod(String name, int stamp, Readiness readiness) {
    lookedAt = true;
    pods.add(
        new Consumers.Pod(
            name,
            "uid-" + name,
            NOW.minusSeconds(60),
            Optional.of(new Stamp(LINEAGE, stamp)),
            Optional.of("Deployment api"),
            Reading.TAKEN,
            Optional.empty(),
            false,
            false,
            Optional.empty(),
            readiness,
            false));
    return this;
  }

  Given pod(Consumers.Pod pod) {
    lookedAt = true;
    pods.add(pod);
    return this;
  }

  Given workload(Consumers.Workload workload) {
    lookedAt = true;
    workloads.add(workload);
    return this;
  }

  /** Another rotation of the namespace has said this. */
  Given beside(Companion other) {
    companions.add(other);
    return this;
  }

  /** So many pods read the Secret, and so many of them carry the stamp of publication 2. */
  Given pods(int moved, int total) {
    for (int i = 0; i < total; i++) {
      pod("api-" + i, i < moved ? 2 : 1);
    }
    return this;
  }

  Given nobodyReadsIt() {
    lookedAt = true;
    return this;
  }

  public Given progress(int moved, int total, Duration ago, boolean all) {
    return rotation(it ->
        it.progressed(
            new Run.Progress(
                total,
                moved,
                NOW.minus(ago),
                all ? Optional.of(NOW.minus(ago)) : Optional.empty())));
  }

  // what comes of it

  public Observation seen() {
    return new Observation(
        now,
        live,
        new Observation.Resource(
            "payments",
            "messaging",
            "resource-1",
            1,
            "cluster-1",
            terms,
            wishes,
            deletingSince,
            guarded.orElseGet(rotation::hasUnfinished),
            suspended),
        ledger.orElseGet(() -> new Ledger.Held(rotation, "1", owner)),
        secret,
        issuer,
        issuers,
        lookedAt ? new Consumers.Seen(workloads, pods) : new Consumers.NotLookedAt(),
        turn,
        companions,
        inbox);
  }

  Rotation rotation() {
    return rotation;
  }

  Answer askedOf(BiFunction<Observation, Rotation, Answer> rule) {
    return rule.apply(seen(), rotation);
  }

  /** What all rules in their order say. */
  public Plan plan() {
    return new Planner(Rules.inOrder(SETTINGS, Gate.standard(SETTINGS))).plan(seen());
  }

  // parts

  static Terms terms() {
    return new Terms(
        BINDING.secret(),
        true,
        Map.of("apiKey", "${key.value}"),
        Optional.empty(),
        Optional.of(Duration.ofDays(90)),
        Optional.empty(),
        SETTLE,
        SOAK,
        PROGRESS_TIMEOUT,
        Duration.ZERO,
        false,
        Restarts.ALL,
        false,
        false);
  }

  static Run run() {
    return new Run(
        1,
        Cause.Interval,
        NOW.minusSeconds(60),
        ISSUER,
        Map.of("apiKey", "${key.value}"),
        SETTLE,
        SOAK,
        PROGRESS_TIMEOUT,
        0,
        Optional.empty(),
        Optional.empty());
  }

  public static Key key(String name, Role role, Instant issuedAt) {
    return new Key(
        name,
        Optional.of(name),
        role,
        Map.of("value", SecretText.of("value-of-key-number-" + name)),
        "…er-" + name,
        issuedAt,
        Optional.of(issuedAt.plus(LIFE)),
        Optional.of("rk-" + name),
        ISSUER,
        OptionalInt.empty(),
        Checks.NONE);
  }

  static Attempt attempt(String id, Attempt.State state) {
    return new Attempt(
        id,
        "rk-" + id,
        ISSUER,
        state,
        NOW.minusSeconds(60),
        NOW.minusSeconds(20),
        0,
        state == Attempt.State.LOST ? Optional.of(NOW) : Optional.empty(),
        Tracing.LABELLED,
        List.of());
  }

  static Publication publication(int number, String key) {
    return new Publication(
        number,
        key,
        Map.of("apiKey", SecretText.of("value-of-key-number-" + key)),
        Optional.empty());
  }

  /** The same, of a Secret with these traits. */
  public static Target.Present shows(int publication, String key, Traits traits) {
    var plain = shows(publication, key);
    return new Target.Present(
        plain.opaque(),
        plain.data(),
        plain.publication(),
        plain.lineage(),
        plain.keyId(),
        plain.issuedAt(),
        plain.expiresAt(),
        plain.createdAt(),
        plain.owners(),
        plain.previousKeyId(),
        plain.account(),
        traits);
  }

  static Target.Present shows(int publication, String key) {
    return new Target.Present(
        true,
        Map.of("apiKey", SecretText.of("value-of-key-number-" + key)),
        publication,
        LINEAGE,
        Optional.of(key),
        Optional.empty(),
        Optional.empty(),
        NOW.minus(Duration.ofDays(10)));
  }

  /** This many seconds ago. */
  static Optional<Instant> at(int secondsAgo) {
    return Optional.of(NOW.minusSeconds(secondsAgo));
  }
}
