package dev.rekey.simulated;

import dev.rekey.cluster.ClusterException;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Left;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The world of one schedule and its time, which jumps to whatever happens next. One thread does
 * everything; where an operator is held up in the middle of an effect, the rest of the world goes
 * on inside that effect.
 */
final class Life {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final int EVENTS = 30_000;

  /** Steps so rare that a process would hardly ever end in one. */
  private static final Set<String> RARE =
      Set.of(
          "TakeOver",
          "StartOver",
          "Handle",
          "GiveUp",
          "Abandon",
          "Abort",
          "RevokeAll",
          "RollBack",
          "DeletePod");

  private static final Duration LONGEST = Duration.ofMinutes(30);

  /** So long after it was given up, a lost mint is searched for at least. */
  private static final Duration SEARCHED = Duration.ofMinutes(9);

  final long seed;
  final Dice dice;
  final Coverage coverage;
  final Chronicle chronicle;
  final SimulatedClock clock = new SimulatedClock(START);
  final Effects effects = new Effects();
  final SimulatedSecrets secrets = new SimulatedSecrets(clock, effects);
  final SimulatedResources resources = new SimulatedResources(effects);
  final SimulatedWorkloads workloads = new SimulatedWorkloads(clock, effects, secrets);
  final SimulatedIssuers issuers = new SimulatedIssuers(clock);
  final Faults faults;
  final People people;
  final GateOracle oracle;
  final PodJudge pods = new PodJudge(this);
  final OrderJudge order = new OrderJudge(this);
  final MintJudge mints = new MintJudge(this);
  final LedgerJudge ledgers = new LedgerJudge(this);

  private final List<Judge> judges =
      List.of(pods, order, mints, new DeleteJudge(this), ledgers, new WishJudge(this));
  private final Sabotage sabotage;
  private final Set<String> broken = new LinkedHashSet<>();
  private final PriorityQueue<Happening> agenda = new PriorityQueue<>();
  private final Deque<Replica> acting = new ArrayDeque<>();
  private final Lease lease = new Lease();
  private final List<Optional<Replica>> replicas;
  private Optional<Replica> clockStopped = Optional.empty();
  private boolean pauses;
  private boolean stepPlanned;
  private Instant decidedAt = START;
  private Instant lastEvent = START;
  private long happenings;
  private int processes;

  private record Happening(Instant at, long number, Runnable what)
      implements Comparable<Happening> {
    @Override
    public int compareTo(Happening other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  Life(long seed, Sabotage sabotage, Coverage coverage, Chronicle chronicle) {
    this.seed = seed;
    this.sabotage = sabotage;
    this.coverage = coverage;
    this.chronicle = chronicle;
    dice = new Dice(seed);
    faults = new Faults(dice, coverage);
    people = new People(this);
    oracle = new GateOracle(this, sabotage);
    replicas = new ArrayList<>(Collections.nCopies(dice.oneIn(3) ? 2 : 1, Optional.empty()));
    chronicle.begins(START);
    effects.fatedBy(this::fate, this::heard);
    effects.beforeEach(it -> judges.forEach(judge -> judge.before(it)));
    effects.afterEach(it -> {
      tell(acting().name, it::told);
      judges.forEach(judge -> judge.after(it));
      if (it.kind() == Effect.Kind.SECRET) {
        people.watchSecret();
        controllersWake();
      }
      if (it.kind() == Effect.Kind.LEDGER) {
        people.watch();
      }
      if (it.kind() == Effect.Kind.DELETE) {
        people.watchDeletes();
      }
      always();
    });
    resources.tellingWatches(clock);
    workloads.whenTouched(this::controllersWake);
    workloads.whenMoved(() -> running().forEach(it -> it.pods.moved()));
    workloads.timing(
        () -> dice.oneIn(4) ? dice.seconds(1, dice.of(40, 40, 400)) : Duration.ZERO,
        () -> dice.millis(0, (int) people.leastSettle().toMillis() - 500),
        () -> dice.seconds(10, 140));
  }

  // the world goes on

  /** The operators start. */
  void operatorsStart() {
    for (int slot = 0; slot < replicas.size(); slot++) {
      start(slot);
    }
  }

  private void start(int slot) {
    replicas.set(slot, Optional.of(new Replica("rekey-" + ++processes, this, sabotage)));
  }

  /** {@code what} happens after so long. */
  void in(Duration after, Runnable what) {
    agenda.add(new Happening(clock.instant().plus(after), ++happenings, what));
  }

  /** Everything happens that is to happen until then. */
  void runUntil(Instant end) {
    while (!isOver()) {
      var next = nextAt();
      if (next.isAfter(end)) {
        break;
      }
      happen(next);
    }
    if (!isOver()) {
      advance(end);
    }
  }

  /** The same, until {@code there} or then. */
  boolean runUntil(java.util.function.BooleanSupplier there, Instant end) {
    while (!isOver()) {
      if (there.getAsBoolean()) {
        return true;
      }
      var next = nextAt();
      if (next.isAfter(end)) {
        advance(end);
        return false;
      }
      happen(next);
    }
    return false;
  }

  /** Whether a promise is broken, so that nothing that follows matters. */
  boolean isOver() {
    return !broken.isEmpty();
  }

  private Instant nextAt() {
    var now = clock.instant();
    var next = agenda.isEmpty() ? Instant.MAX : agenda.peek().at();
    var leader = lease.holder();
    if (leader.isPresent() && isRunning(leader.get()) && !leader.get().isBusy()) {
      var pass = nextPass(leader.get());
      next = pass.isBefore(next) ? pass : next;
    } else if (standby().isPresent()) {
      var free = lease.freeAt(now);
      next = free.isBefore(next) ? free : next;
    }
    return next.isBefore(now) ? now : next;
  }

  private void happen(Instant at) {
    if (++happenings > EVENTS) {
      broken("5: things happen without end");
      return;
    }
    advance(at);
    if (!agenda.isEmpty() && !agenda.peek().at().isAfter(at)) {
      agenda.poll().what().run();
      always();
      return;
    }
    var leader = lease.holder();
    if (leader.isPresent() && isRunning(leader.get()) && !leader.get().isBusy()) {
      pass(leader.get());
    } else {
      standby()
          .ifPresent(it -> {
            tell(it.name, () -> "leads from now on");
            lease.take(it);
            it.next.clear();
            tellWhatIsStillOnItsWay(it);
          });
    }
  }

  private void advance(Instant to) {
    var now = clock.instant();
    if (to.isAfter(now)) {
      clock.advance(Duration.between(now, to));
      workloads.renewFiles();
      pods.hold();
    }
  }

  private boolean isRunning(Replica replica) {
    return replicas.contains(Optional.of(replica));
  }

  private Optional<Replica> standby() {
    return replicas.stream()
        .flatMap(Optional::stream)
        .filter(it -> !it.isBusy() && !lease.isHeldBy(it))
        .findFirst();
  }

  private void controllersWake() {
    if (!stepPlanned) {
      stepPlanned = true;
      in(dice.millis(300, 2500), this::controllersStep);
    }
  }

  private void controllersStep() {
    stepPlanned = false;
    if (workloads.step()) {
      controllersWake();
    }
  }

  /** Whether controllers and kubelets have nothing to do. */
  boolean isStill() {
    return !stepPlanned;
  }

  // the operator

  private Instant nextPass(Replica leader) {
    var next = Instant.MAX;
    for (var resource : leader.resources.all()) {
      var at = leader.next.getOrDefault(resource.getMetadata().getName(), Instant.MIN);
      next = at.isBefore(next) ? at : next;
    }
    // what is not in its cache yet is found by and by
    var look = clock.instant().plusSeconds(5);
    return next.equals(Instant.MAX) ? look : next;
  }

  private void pass(Replica replica) {
    var now = clock.instant();
    for (var resource : replica.resources.all()) {
      var name = resource.getMetadata().getName();
      if (!replica.next.getOrDefault(name, Instant.MIN).isAfter(now)) {
        if (dice.oneIn(3)) {
          oracle.ask();
        }
        if (!isOver()) {
          pass(replica, resource);
        }
        return;
      }
    }
  }

  private void pass(Replica replica, dev.rekey.api.v1alpha1.ApiKeyRotation resource) {
    acting.push(replica);
    Duration wait;
    try {
      wait = replica.pass(SimulatedResources.copy(resource));
    } catch (Crash crash) {
      tell(replica.name, () -> "dies " + crash.getMessage());
      stop(replica);
      return;
    } catch (ClusterException noAnswer) {
      tell(replica.name, () -> String.valueOf(noAnswer.getMessage()));
      wait = sabotage.settings().backoff();
    } catch (RuntimeException | AssertionError fault) {
      broken("0: a pass fails: " + fault + at(fault));
      wait = sabotage.settings().backoffCeiling();
    } finally {
      acting.pop();
      clockStopped = clockStopped.filter(it -> it != replica);
    }
    always();
    if (lease.mayWork(replica, clock.instant())) {
      replica.next.put(resource.getMetadata().getName(), clock.instant().plus(wait));
    } else {
      tell(replica.name, () -> "finds its lease lost and ends");
      stop(replica);
    }
  }

  /** Where in Rekey's own code. */
  private static String at(Throwable fault) {
    return Arrays.stream(fault.getStackTrace())
        .filter(it -> it.getClassName().startsWith("dev.rekey"))
        .findFirst()
        .map(it -> " at " + it)
        .orElse("");
  }

  /** The process ends, and another one starts in its place after a while. */
  private void stop(Replica replica) {
    if (lease.isHeldBy(replica) && lease.mayWork(replica, clock.instant())) {
      lease.falters(clock.instant());
    }
    for (int slot = 0; slot < replicas.size(); slot++) {
      if (replicas.get(slot).equals(Optional.of(replica))) {
        int place = slot;
        replicas.set(slot, Optional.empty());
        in(dice.seconds(1, 30), () -> start(place));
      }
    }
  }

  /** The operator is stopped and started anew, as in an upgrade; it gives its lease up. */
  void upgrade() {
    lease
        .holder()
        .filter(it -> !it.isBusy())
        .ifPresent(it -> {
          tell(it.name, () -> "is stopped");
          stop(it);
          lease.release();
        });
  }

  /** Whether {@code replica} believes that it leads. */
  boolean mayWork(Replica replica) {
    return clockStopped.equals(Optional.of(replica)) || lease.mayWork(replica, clock.instant());
  }

  /**
   * Whether a key can be verified at the issuer that Rekey has it from, or was made to believe so.
   */
  boolean canVerify(Key key) {
    return issuers.account(key.issuer()).map(it -> it.capabilities().verifies()).orElse(false);
  }

  /** How long a resource that is being deleted is kept at most. */
  Duration deletionDeadline() {
    return sabotage.settings().deletionDeadline();
  }

  /** Whoever does something now. */
  Replica acting() {
    return Objects.requireNonNull(acting.peek());
  }

  /** When the effect that happens now was decided; whoever was held up in it had decided before. */
  Instant decidedAt() {
    return decidedAt;
  }

  /** {@code replica} reads from the API server. */
  void reading(Replica replica, String what) {
    meddle(replica, LONGEST);
    faults.read(what);
  }

  private Optional<Mishap> fate(Effect effect) {
    var replica = acting();
    judges.forEach(it -> it.entering(effect, replica));
    var entered = clock.instant();
    meddle(
        replica,
        switch (effect.kind()) {
          // a delete that hangs between its last look and the issuer, where ids are given again
          case DELETE ->
              issuers.accounts().noneMatch(it -> it.capabilities().reusesIds())
                  ? LONGEST
                  : Duration.ZERO;
          case MINT -> SEARCHED;
          case LEDGER, SECRET, STAMP, POD, STATUS, VERIFY, LIST -> LONGEST;
        });
    if (!replica.step().isEmpty()) {
      coverage.step(replica.step());
    }
    decidedAt = entered;
    var mishap = RARE.contains(replica.step()) ? faults.crash(7) : Optional.<Mishap>empty();
    if (mishap.isEmpty()) {
      mishap = faults.of(effect);
    }
    mishap.ifPresent(it -> {
      tell("fate", () -> it + " of " + effect.told());
      if ((it == Mishap.CRASH_BEFORE || it == Mishap.CRASH_AFTER) && !replica.step().isEmpty()) {
        coverage.crash(replica.step(), it);
      }
    });
    return mishap;
  }

  private void heard(Effect effect) {
    meddle(acting(), LONGEST);
  }

  /** Others do something while {@code replica} is in the middle of something. */
  private void meddle(Replica replica, Duration longest) {
    if (!faults.areAbout()) {
      return;
    }
    if (acting.size() == 1) {
      if (!longest.isZero() && pauses && dice.oneIn(60)) {
        pause(replica, longest);
      } else if (dice.oneIn(25)) {
        runUntil(clock.instant().plus(dice.millis(20, 3000)));
      }
    }
    if (dice.oneIn(120)) {
      people.doSomething();
    }
  }

  private void pause(Replica replica, Duration longest) {
    int upTo = dice.oneIn(3) ? (int) longest.toSeconds() : 120;
    var span = dice.oneIn(3) ? dice.seconds(1, 9) : dice.seconds(16, upTo);
    boolean beyond = span.compareTo(Lease.DURATION) > 0;
    // An issuer that gives ids again cannot be protected from a clock that stood still; nor can a
    // mint that is sent by one be found, when it stood still for longer than anybody searches.
    boolean stopped =
        beyond
            && span.compareTo(SEARCHED) < 0
            && dice.oneIn(3)
            && issuers.accounts().noneMatch(it -> it.capabilities().reusesIds());
    if (beyond) {
      faults.count(stopped ? Faults.Kind.PAUSE_WITH_CLOCK_STOPPED : Faults.Kind.PAUSE_BEYOND_LEASE);
    }
    replica.eyes.paused();
    tell(
        replica.name,
        () -> "is paused for " + span.toSeconds() + " s" + (stopped ? ", its clock as well" : ""));
    var lastRenewed = clock.instant().minus(dice.millis(0, 2000));
    if (mayWork(replica)) {
      lease.falters(lastRenewed);
    }
    runUntil(clock.instant().plus(span));
    tell(replica.name, () -> "goes on");
    if (stopped) {
      clockStopped = Optional.of(replica);
    }
    if (lease.mayWork(replica, clock.instant())) {
      lease.recovers();
    }
  }

  // what goes wrong beside it

  /** From now on things go wrong this often; never for 0. */
  void trouble(int oneInSoMany, boolean withPauses) {
    faults.oneIn(oneInSoMany);
    pauses = withPauses;
    if (oneInSoMany == 0) {
      for (var replica : running()) {
        Faults.LAGS.forEach(it -> replica.lag(it).mend());
      }
    }
  }

  /** One or all watches of the leader tell nothing new for a while. */
  void cutWatches() {
    lease
        .holder()
        .ifPresent(leader -> {
          var span = dice.oneIn(3) ? dice.seconds(60, 900) : dice.seconds(2, 40);
          var which = dice.oneIn(4) ? Faults.LAGS : List.of(dice.of(Faults.LAGS));
          if (which.size() > 1) {
            faults.count(Faults.Kind.WATCH_CUT);
          }
          tell(
              "fate",
              () -> leader.name + " sees nothing new for " + span.toSeconds() + " s: " + which);
          which.forEach(it -> {
            faults.count(it);
            leader.lag(it).cut(span);
          });
        });
  }

  /** Something has changed that the operator would hear of. */
  void event() {
    lastEvent = clock.instant();
    lease
        .holder()
        .ifPresent(leader -> {
          // an event is told by the watch that brings what it is about
          var lags = Faults.LAGS.stream().map(leader::lag).toList();
          var told = longest(lags.stream().map(Lag::usual)).plusMillis(1);
          var toldByAll = longest(lags.stream().map(Lag::untilTold)).plusMillis(1);
          if (toldByAll.compareTo(told) > 0) {
            in(toldByAll, () -> wake(leader));
          }
          int chance = faults.areAbout() ? dice.from(0, 19) : 19;
          if (chance == 0) {
            faults.count(Faults.Kind.EVENT_LOST);
            return;
          }
          if (chance == 1) {
            faults.count(Faults.Kind.EVENT_DOUBLED);
            in(told.plus(dice.seconds(0, 3)), () -> wake(leader));
          } else if (chance == 2) {
            faults.count(Faults.Kind.EVENT_LATE);
            in(told.plus(dice.seconds(5, 120)), () -> wake(leader));
            return;
          }
          in(told.plus(dice.millis(0, 100)), () -> wake(leader));
        });
  }

  /** What has happened just before, its watches have not brought yet, and will. */
  private void tellWhatIsStillOnItsWay(Replica newLeader) {
    var told =
        lastEvent.plus(longest(Faults.LAGS.stream().map(newLeader::lag).map(Lag::untilTold)));
    if (told.isAfter(clock.instant())) {
      in(Duration.between(clock.instant(), told).plusMillis(1), () -> wake(newLeader));
    }
  }

  private static Duration longest(Stream<Duration> spans) {
    return spans.max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }

  private void wake(Replica replica) {
    replica.next.replaceAll((name, at) -> at.isAfter(clock.instant()) ? clock.instant() : at);
  }

  /** The soonest time at which the operator would look again by itself. */
  Optional<Instant> nextLook() {
    return lease
        .holder()
        .filter(this::isRunning)
        .filter(it -> !it.isBusy() && !it.next.isEmpty())
        .map(this::nextPass);
  }

  /** When the key in use is to be rotated by its age, if by anything. */
  Optional<Instant> nextDue() {
    return secrets
        .value()
        .flatMap(issuers::keyOf)
        .flatMap(it -> people.interval().map(it.issuedAt()::plus))
        .filter(it -> it.isAfter(clock.instant()));
  }

  /** Whether the ledger is of this cluster, of the resource that is there, and not behind. */
  boolean ledgerIsFollowed() {
    return resources.isThere(Simulation.NAME)
        && secrets
            .ledger()
            .map(it ->
                it.binding().cluster().equals(SimulatedResources.CLUSTER)
                    && it.binding()
                        .resourceUid()
                        .equals(resources.required(Simulation.NAME).getMetadata().getUid())
                    && secrets.shownStamp().map(stamp -> stamp.equals(it.stamp())).orElse(false))
            .orElse(false);
  }

  // what is found

  void broken(String promise) {
    if (broken.add(promise)) {
      tell("JUDGE", () -> "BROKEN: " + promise);
    }
  }

  List<String> broken() {
    return List.copyOf(broken);
  }

  void told(Replica replica, String words) {
    tell(replica.name, () -> "\"" + words + "\"");
    if (words.contains(Account.VALUE)) {
      broken("6: a key's value is told");
    }
  }

  void tell(String who, java.util.function.Supplier<String> what) {
    chronicle.tell(clock.instant(), who, what);
  }

  private void always() {
    judges.forEach(Judge::always);
  }

  // what is true

  /** The key that a delete is about to hit. */
  Optional<Account.TrueKey> doomed(Effect delete) {
    int slash = delete.subject().lastIndexOf('/');
    var account = delete.subject().substring(0, slash);
    var id = delete.subject().substring(slash + 1);
    return issuers
        .accounts()
        .filter(it -> it.name().equals(account))
        .flatMap(it -> it.there(clock.instant()).stream())
        .filter(it -> it.id().equals(id))
        .findFirst();
  }

  /** Whether this key works, and nobody has deleted it. */
  boolean isAlive(Account.TrueKey key) {
    return issuers.alive().contains(key);
  }

  /** Whether the ledger names this key to a person. */
  boolean wasNamed(Key key) {
    return secrets.ledger().stream()
        .flatMap(it -> it.left().stream())
        .anyMatch(it -> key.id().map(id -> it.what().contains(id)).orElse(false));
  }

  /** Whether {@code left} is about {@code key}. */
  boolean names(Left left, Account.TrueKey key) {
    return left.what().contains(" " + key.id() + " ")
        || left.what().contains(key.id() + " (")
        || attemptId(key).map(left.what()::contains).orElse(false);
  }

  private static Optional<String> attemptId(Account.TrueKey key) {
    // rk-<cluster6>-<attempt id>
    return key.asked().startsWith("rk-")
        ? Optional.of(key.asked().substring("rk-".length() + 7))
        : Optional.empty();
  }

  private List<Replica> running() {
    return replicas.stream().flatMap(Optional::stream).toList();
  }
}
