package dev.rekey.simulated;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Tracing;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What people do to the things that Rekey works on, and how they mend it again. */
final class People {
  private static final String NEWCOMER = "newcomer";

  /** What Rekey knows may be this old. */
  private static final Duration LAG = Duration.ofMinutes(16);

  final Wanted wanted = new Wanted();
  private final Life life;
  private final Neighbour neighbour;
  private final Set<String> named = new HashSet<>();
  private final Set<String> sentAlong = new HashSet<>();
  private final Set<String> leaked = new HashSet<>();
  private final Set<String> leakedUnseen = new HashSet<>();
  private final Set<String> givenUp = new HashSet<>();
  private final Set<String> lostSight = new HashSet<>();
  private final Set<String> saidToBeOurs = new HashSet<>();
  private int leastSoak = Integer.MAX_VALUE;
  private int leastSettle = Integer.MAX_VALUE;
  private int tokens;
  private final Set<String> withoutTrace = new HashSet<>();
  private final Set<String> wereGoing = new HashSet<>();
  private Optional<Rotation> ledgerPutBack = Optional.empty();
  private Optional<RevokedNow> revokedNow = Optional.empty();
  private boolean meddled;
  private boolean leaksNextKey;
  private boolean atPeace;
  private Instant meddledAt = Instant.MIN;
  private boolean triedTakeover;
  private Instant lastDeed = Instant.MIN;
  private Instant lastEdit = Instant.MIN;
  private Instant lastAsked = Instant.MIN;

  /** A key that is to be deleted now, as people have said last. */
  private record RevokedNow(String value, String id, Instant at) {}

  /** What they may do. */
  enum Deed {
    EDIT_INTERVAL,
    EDIT_ROLLOUT,
    EDIT_DATA,
    EDIT_NONSENSE,
    CHANGE_ISSUER,
    SUSPEND,
    RESUME,
    REVERT_VALUE,
    REVERT_SECRET,
    REVERT_AND_RESTORE,
    EDIT_VALUE,
    COPY_VALUE,
    DELETE_SECRET,
    TAKE_LABEL_OFF,
    DELETE_RESOURCE,
    MAKE_ANEW,
    SECOND_RESOURCE,
    WIPE_STATUS,
    DELETE_LEDGER,
    RESTORE_LEDGER,
    FOREIGN_LEDGER,
    PAUSE_DEPLOYMENT,
    SCALE,
    KILL_POD,
    RESTART_CONTAINERS,
    BARE_POD,
    TAKE_STAMP_OFF,
    PODS_FAIL,
    CONTEST_STAMP,
    HOLD_SET,
    NODE_FALLS,
    START_JOB,
    ASK,
    LEAKED,
    REVOKE_NOW,
    ISSUERS_DOWN,
    BREAK_ISSUER,
    OTHER_TEAMS_KEY,
    NAME_ANOTHER_KEY,
    NEIGHBOUR,
    CUT_WATCHES,
    UPGRADE
  }

  People(Life life) {
    this.life = life;
    this.neighbour = new Neighbour(life);
  }

  // in the beginning

  /** The shortest soak that anybody has asked for. */
  Duration leastSoak() {
    return Duration.ofSeconds(leastSoak);
  }

  /** The shortest settle that anybody has asked for. */
  Duration leastSettle() {
    return Duration.ofSeconds(leastSettle);
  }

  /** The age at which keys are to be rotated, where people said one that makes sense. */
  Optional<Duration> interval() {
    return wanted.interval.flatMap(it ->
        it.endsWith("h")
            ? Optional.of(Duration.ofHours(Long.parseLong(it.substring(0, it.length() - 1))))
            : Optional.empty());
  }

  /** Somebody applies the resource, new or changed. */
  void apply() {
    leastSoak = Math.min(leastSoak, wanted.soak);
    leastSettle = Math.min(leastSettle, wanted.settle);
    lastEdit = life.clock.instant();
    wanted.adopt.ifPresent(id -> saidToBeOurs.add(wanted.issuer + "/" + id));
    if (life.resources.isThere(Simulation.NAME)) {
      life.resources.edit(Simulation.NAME, wanted.spec());
    } else {
      life.resources.create(Simulation.NAME, wanted.spec());
    }
    life.event();
  }

  // in the middle

  /** Somebody does something. */
  void doSomething() {
    if (atPeace) {
      return;
    }
    var deed = life.dice.of(Deed.values());
    if (doIt(deed)) {
      life.coverage.deed(deed.name());
      lastDeed = life.clock.instant();
      life.event();
    }
  }

  /** The same, or asked for a rotation. */
  boolean askedSince(Instant instant) {
    return !lastAsked.isBefore(instant) || editedSince(instant);
  }

  /** Whether anybody has edited the resource, taken a ledger away, or asked for anything since. */
  boolean editedSince(Instant instant) {
    return !lastEdit.isBefore(instant) || hasMeddledWithLedgerSince(instant);
  }

  /**
   * Somebody changes the Secret, alone and while all else is quiet.
   *
   * @return whether Rekey is to repair it at once
   */
  boolean changeSecret() {
    var stamp = life.secrets.shownStamp();
    boolean quiet =
        stamp.isPresent()
            && !wanted.suspend
            && !didSomethingSince(life.clock.instant().minusSeconds(700))
            && life.secrets.lastWrittenByRekey()
            && life.resources.isThere(Simulation.NAME)
            && !isDeleting();
    return quiet && doIt(life.dice.of(Deed.REVERT_VALUE, Deed.EDIT_VALUE, Deed.DELETE_SECRET));
  }

  /** They do nothing any more but mend. */
  void makePeace() {
    atPeace = true;
  }

  /** Whether anybody has done anything since. */
  boolean didSomethingSince(Instant instant) {
    return !lastDeed.isBefore(instant);
  }

  private boolean doIt(Deed deed) {
    if (life.chronicle.isKept()) {
      life.tell("people", () -> "try to " + deed);
    }
    boolean there = life.resources.isThere(Simulation.NAME);
    boolean secret = life.secrets.get(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET).isPresent();
    return switch (deed) {
      case EDIT_INTERVAL -> {
        wanted.interval =
            life.dice.of(Optional.of("6h"), Optional.of("20h"), Optional.<String>empty());
        yield edited(there);
      }
      case EDIT_ROLLOUT -> {
        wanted.soak = leastSoak + life.dice.from(0, 300);
        wanted.settle = leastSettle + life.dice.from(0, 10);
        wanted.minOverlap = life.dice.of(0, 0, 1200);
        wanted.rollback = life.dice.oneIn(2);
        yield edited(there);
      }
      case EDIT_DATA -> {
        wanted.secondDataKey = !wanted.secondDataKey;
        yield edited(there);
      }
      case EDIT_NONSENSE -> {
        wanted.interval = Optional.of(life.dice.of("soon", "900d"));
        yield edited(there);
      }
      case CHANGE_ISSUER -> {
        wanted.issuer = wanted.issuer.equals("messaging") ? "other" : "messaging";
        yield edited(there);
      }
      case SUSPEND -> {
        wanted.suspend = true;
        yield edited(there);
      }
      case RESUME -> {
        boolean was = wanted.suspend;
        wanted.suspend = false;
        yield was && edited(there);
      }
      case REVERT_VALUE -> secret && older().map(this::putValue).orElse(false);
      case REVERT_SECRET -> secret && olderSecret().map(this::put).orElse(false);
      case REVERT_AND_RESTORE -> {
        var now = life.secrets.value();
        yield secret
            && now.isPresent()
            && older()
                .map(it -> {
                  putValue(it);
                  life.in(life.dice.millis(100, 20_000), () -> restore(it, now.get()));
                  return true;
                })
                .orElse(false);
      }
      case EDIT_VALUE -> secret && putValue("nonsense");
      case COPY_VALUE -> secret && life.secrets.value().map(this::copyValue).orElse(false);
      case DELETE_SECRET -> {
        if (secret) {
          life.secrets.delete(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET);
        }
        yield secret;
      }
      case TAKE_LABEL_OFF -> secret && takeLabelOff();
      case DELETE_RESOURCE -> there && deleteResource();
      case MAKE_ANEW -> {
        if (there) {
          life.resources.deleteByForce(Simulation.NAME);
        }
        boolean gone = !life.resources.isThere(Simulation.NAME);
        if (gone) {
          apply();
        }
        yield gone;
      }
      case SECOND_RESOURCE -> {
        boolean first = !life.resources.isThere(NEWCOMER);
        if (first) {
          life.resources.create(NEWCOMER, wanted.spec());
        }
        yield first;
      }
      case WIPE_STATUS -> {
        if (there) {
          life.resources.wipeStatus(Simulation.NAME);
        }
        yield there;
      }
      case DELETE_LEDGER -> deleteLedger();
      case RESTORE_LEDGER -> restoreLedger();
      case FOREIGN_LEDGER -> foreignLedger();
      case PAUSE_DEPLOYMENT -> {
        life.workloads.names().forEach(it -> life.workloads.pause(it, true));
        yield !life.workloads.names().isEmpty();
      }
      case SCALE -> {
        life.workloads.names().forEach(it -> life.workloads.scale(it, life.dice.from(0, 3)));
        yield !life.workloads.names().isEmpty();
      }
      case KILL_POD -> {
        life.workloads.names().forEach(life.workloads::killOnePod);
        life.workloads.killOnePodOfEachSet();
        yield !life.workloads.names().isEmpty();
      }
      case RESTART_CONTAINERS -> {
        life.workloads.restartContainers();
        yield true;
      }
      case BARE_POD -> {
        life.workloads.startBarePod();
        yield true;
      }
      case TAKE_STAMP_OFF -> {
        var stamp = Names.stamp(SimulatedSecrets.TARGET);
        life.workloads.names().forEach(it -> life.workloads.annotate(it, stamp, ""));
        life.workloads.takeOffSets(stamp);
        yield !life.workloads.names().isEmpty();
      }
      case PODS_FAIL -> {
        life.workloads.freshFail(true);
        if (life.dice.oneIn(2)) {
          life.in(life.dice.seconds(60, 600), () -> life.workloads.freshFail(false));
        }
        yield true;
      }
      case CONTEST_STAMP -> {
        life.workloads.contest(Optional.of(Names.stamp(SimulatedSecrets.TARGET)));
        life.in(life.dice.seconds(20, 120), () -> life.workloads.contest(Optional.empty()));
        yield !life.workloads.names().isEmpty();
      }
      case HOLD_SET -> {
        life.workloads.sets().forEach(it -> life.workloads.hold(it, life.dice.oneIn(2)));
        yield !life.workloads.sets().isEmpty();
      }
      case NODE_FALLS -> {
        var node = life.dice.of(SimulatedNodes.names());
        life.workloads.nodeFalls(node);
        life.in(life.dice.seconds(5, 900), () -> life.workloads.nodeRises(node));
        yield true;
      }
      case START_JOB -> startJob();
      case ASK -> there && ask();
      case LEAKED -> there && name(Names.LEAKED, Role.CURRENT);
      case REVOKE_NOW -> there && name(Names.REVOKE_NOW, life.dice.of(Role.CURRENT, Role.NEXT));
      case ISSUERS_DOWN -> {
        life.faults.issuersDown(true);
        life.in(life.dice.seconds(20, 900), () -> life.faults.issuersDown(false));
        yield true;
      }
      case BREAK_ISSUER -> {
        life.issuers.usable(wanted.issuer, false);
        yield true;
      }
      case OTHER_TEAMS_KEY -> otherTeamsKey();
      case NAME_ANOTHER_KEY -> secret && nameAnotherKey();
      case NEIGHBOUR -> neighbourRotates();
      case CUT_WATCHES -> {
        life.cutWatches();
        yield true;
      }
      case UPGRADE -> {
        life.upgrade();
        yield true;
      }
    };
  }

  private boolean edited(boolean there) {
    if (there) {
      apply();
    }
    return there;
  }

  /** A value that the Secret showed before. */
  private Optional<String> older() {
    var now = life.secrets.value();
    var values =
        life.secrets.valuesShown().stream().filter(it -> !now.equals(Optional.of(it))).toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(life.dice.of(values));
  }

  private boolean putValue(String value) {
    life.secrets.editValue(value);
    return true;
  }

  private void restore(String reverted, String value) {
    if (life.secrets.value().equals(Optional.of(reverted))) {
      putValue(value);
      life.event();
    }
  }

  private boolean copyValue(String value) {
    life.secrets.edit(
        SimulatedSecrets.TEAM,
        SimulatedSecrets.TARGET,
        it -> it.addToData("copy", SimulatedSecrets.encode(value)));
    return true;
  }

  private boolean takeLabelOff() {
    life.secrets.edit(
        SimulatedSecrets.TEAM,
        SimulatedSecrets.TARGET,
        it -> it.editMetadata().removeFromLabels(Names.TARGET_LABEL).endMetadata());
    return true;
  }

  private Optional<Secret> olderSecret() {
    return older(SimulatedSecrets.path(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET));
  }

  private Optional<Secret> older(String path) {
    var all =
        life.secrets.changes().stream()
            .filter(it -> it.path().equals(path))
            .flatMap(it -> it.secret().stream())
            .toList();
    return all.size() < 2
        ? Optional.empty()
        : Optional.of(all.get(life.dice.from(Math.max(0, all.size() - 40), all.size() - 2)));
  }

  private boolean put(Secret secret) {
    life.secrets.put(secret);
    return true;
  }

  private boolean deleteResource() {
    if (life.resources.isDeleting(Simulation.NAME)) {
      return false;
    }
    if (life.dice.oneIn(3)) {
      life.resources.deleteByForce(Simulation.NAME);
      return true;
    }
    wanted.revoke = life.dice.oneIn(2);
    if (wanted.revoke) {
      apply();
      if (life.dice.oneIn(2)) {
        // who wants the key gone ends its readers first, or some time
        life.in(life.dice.seconds(0, 900), this::endReaders);
      } else {
        // a drain: for a moment there is no pod, and there will be
        life.in(
            life.dice.seconds(0, 900),
            () -> {
              life.workloads.drain();
              life.event();
            });
      }
    }
    life.in(
        life.dice.seconds(0, 60),
        () -> {
          if (life.resources.isThere(Simulation.NAME)) {
            life.resources.delete(Simulation.NAME);
            life.event();
          }
        });
    return true;
  }

  /** It runs for a while, may fail in the middle, and holds what it has read at its start. */
  private boolean startJob() {
    if (!life.workloads.startJobs()) {
      return false;
    }
    var half = life.dice.seconds(5, 900);
    if (life.dice.oneIn(3)) {
      life.in(half, life.workloads::retryJobs);
    }
    life.in(half.multipliedBy(2), life.workloads::endJobs);
    return true;
  }

  private void endReaders() {
    life.workloads.names().forEach(it -> life.workloads.scale(it, 0));
    life.workloads.endSets();
    life.workloads.endJobs();
    life.workloads.endBarePods();
  }

  private boolean deleteLedger() {
    if (life.secrets.ledger().isEmpty()) {
      return false;
    }
    loseSight();
    life.secrets.delete(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName());
    return true;
  }

  private boolean restoreLedger() {
    // One of another lineage cannot be compared with what the Secret says of itself.
    return older(SimulatedSecrets.path(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName()))
        .filter(
            it -> life.secrets.lineageOf(it).equals(life.secrets.shownStamp().map(Stamp::lineage)))
        .map(it -> {
          loseSight();
          life.secrets.putLedger(it);
          ledgerPutBack = life.secrets.ledger();
          return true;
        })
        .orElse(false);
  }

  private boolean foreignLedger() {
    var ledger = life.secrets.storedLedger();
    if (ledger.isEmpty()) {
      return false;
    }
    loseSight();
    var text =
        new String(
            Base64.getDecoder().decode(ledger.get().getData().get("ledger.json")),
            StandardCharsets.UTF_8);
    var foreign = text.replace(SimulatedResources.CLUSTER, "cluster-9");
    life.secrets.putLedger(
        new SecretBuilder(ledger.get())
            .withData(Map.of("ledger.json", SimulatedSecrets.encode(foreign)))
            .build());
    return true;
  }

  /** Whoever takes a ledger away takes the knowledge of every key that is not in the Secret. */
  private void loseSight() {
    meddled = true;
    meddledAt = life.clock.instant();
    life.issuers.alive().forEach(it -> lostSight.add(it.value()));
    life.secrets.ledger().stream()
        .flatMap(it -> it.attempts().stream())
        .forEach(it -> lostSight.add(it.label()));
  }

  /**
   * Where a ledger was put back, and the Secret and every stamp with it, nothing in the cluster
   * remembers the keys that were published since. Rekey's next publication ends that: from then on
   * stamps of before may look like its own.
   */
  void lookForTraces() {
    var ledger = ledgerPutBack;
    boolean stands =
        ledger.isPresent()
            && life.secrets
                .ledger()
                .filter(it -> it.lineage().equals(ledger.get().lineage()))
                .filter(it -> it.publicationNumber() == ledger.get().publicationNumber())
                .isPresent();
    if (!stands) {
      ledgerPutBack = Optional.empty();
      return;
    }
    int next = ledger.get().publicationNumber() + 1;
    if (stamps().noneMatch(it -> it.reaches(ledger.get().lineage(), next))) {
      life.secrets.valuesShown().stream()
          .filter(it -> !isKnownAsShown(ledger.get(), it))
          .forEach(withoutTrace::add);
    }
  }

  private static boolean isKnownAsShown(Rotation ledger, String value) {
    return ledger.keys().stream()
        .anyMatch(it -> it.lastPublication().isPresent() && value(it).equals(value));
  }

  /** What the Secret, the templates and the pods say of the newest publication. */
  private Stream<Stamp> stamps() {
    var name = Names.stamp(SimulatedSecrets.TARGET);
    var consumers =
        Stream.concat(
            life.workloads.deployments(SimulatedSecrets.TEAM).stream()
                .map(it -> it.getSpec().getTemplate().getMetadata()),
            life.workloads.pods(SimulatedSecrets.TEAM).stream().map(Pod::getMetadata));
    return Stream.concat(
        life.secrets.shownStamp().stream(),
        consumers
            .flatMap(it -> Optional.ofNullable(it.getAnnotations()).stream())
            .flatMap(it -> Optional.ofNullable(it.get(name)).stream())
            .flatMap(it -> Stamp.parse(it).stream()));
  }

  /** Whether people have wiped out every trace of the key of this value having been published. */
  boolean haveWipedOutTracesOf(String value) {
    return withoutTrace.contains(value);
  }

  /** Somebody asks for a rotation, whatever else is going on. */
  void askNow() {
    if (life.resources.isThere(Simulation.NAME)) {
      ask();
      life.event();
    }
  }

  private boolean ask() {
    life.mints.asked();
    lastAsked = life.clock.instant();
    life.resources.annotate(Simulation.NAME, Names.ROTATE, "token " + ++tokens);
    return true;
  }

  /** Somebody will have seen the next new key where it should not be, before it is published. */
  void leakNextKey() {
    leaksNextKey = true;
  }

  /** The ledger was written. */
  void watch() {
    boolean asks =
        life.secrets.ledger().stream()
            .flatMap(it -> it.attempts().stream())
            .anyMatch(it -> it.tracing() == Tracing.COUNTABLE && it.state() == Attempt.State.OPEN);
    if (asks && !atPeace && life.faults.areAbout() && life.dice.oneIn(3)) {
      life.in(
          // also when the answer is given up, and a key is searched for
          life.dice.millis(0, 60_000),
          () -> {
            if (!atPeace) {
              neighbourRotates();
            }
          });
    }
    putBackWhatGoes();
    boolean unseen =
        leaksNextKey
            && life.secrets
                .ledger()
                .flatMap(it -> it.key(Role.NEXT))
                .filter(it -> it.lastPublication().isEmpty())
                .isPresent();
    if (unseen && life.resources.isThere(Simulation.NAME)) {
      leaksNextKey = false;
      name(Names.LEAKED, Role.NEXT);
      life.event();
    }
  }

  /**
   * Somebody puts a key back into the Secret that was condemned at this moment, and something
   * starts on it before kubelets have seen that the Secret was mended.
   */
  private void putBackWhatGoes() {
    var going =
        life.secrets.ledger().stream()
            .flatMap(it -> it.keys(Role.CONDEMNED).stream())
            .filter(it -> it.lastPublication().isPresent() && !it.named())
            .map(People::value)
            .filter(it -> life.issuers.keyOf(it).isPresent() && wereGoing.add(it))
            .findFirst();
    if (going.isEmpty()
        || atPeace
        || !life.faults.areAbout()
        || !life.dice.oneIn(6)
        || life.secrets.get(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET).isEmpty()) {
      return;
    }
    putValue(going.get());
    lastDeed = life.clock.instant();
    life.event();
    life.in(
        life.dice.millis(0, 6000),
        () -> life.workloads.names().forEach(life.workloads::killOnePod));
  }

  private boolean name(String annotation, Role role) {
    lastEdit = life.clock.instant();
    if (annotation.equals(Names.REVOKE_NOW) && life.dice.oneIn(5)) {
      life.resources.annotate(Simulation.NAME, annotation, "mistyped-" + ++tokens);
      return true;
    }
    var key = life.secrets.ledger().flatMap(it -> it.key(role));
    key.flatMap(Key::id)
        .ifPresent(id -> {
          // each value is followed once
          boolean first = (annotation.equals(Names.REVOKE_NOW) ? named : leaked).add(id);
          // a ledger that is held, or another resource's, is not followed, and what was asked for
          // meanwhile is over; and an id that may be given again may name two keys
          boolean followed =
              life.secrets
                  .ledger()
                  .filter(it -> it.binding().cluster().equals(SimulatedResources.CLUSTER))
                  .filter(it ->
                      it.binding()
                          .resourceUid()
                          .equals(life.resources.required(Simulation.NAME).getMetadata().getUid()))
                  .filter(it ->
                      life.issuers.accounts().noneMatch(one -> one.capabilities().reusesIds()))
                  .map(it -> it.keys().stream().filter(one -> isOf(one, id)).count() == 1)
                  .orElse(false);
          if (annotation.equals(Names.LEAKED) && followed && first && role == Role.NEXT) {
            leakedUnseen.add(value(key.get()));
          }
          if (annotation.equals(Names.REVOKE_NOW) && followed && first) {
            revokedNow = Optional.of(new RevokedNow(value(key.get()), id, lastEdit));
          }
          life.resources.annotate(Simulation.NAME, annotation, id);
        });
    return key.flatMap(Key::id).isPresent();
  }

  private static boolean isOf(Key key, String id) {
    return key.id().equals(Optional.of(id));
  }

  private static String value(Key key) {
    return Optional.ofNullable(key.fields().get("value")).map(SecretText::reveal).orElse("?");
  }

  private boolean otherTeamsKey() {
    var account = life.issuers.of(wanted.issuer).account();
    boolean shared =
        switch (account.capabilities().tracing()) {
          case LABELLED, IDEMPOTENT -> true;
          // whoever makes one by hand where only Rekey should can be told from it by the time alone
          case COUNTABLE -> account.dates() && nobodyAsks();
          case BLIND, PERSON -> false;
        };
    boolean room = account.capabilities().quota().isEmpty();
    if (shared && room) {
      account.makeByHand(life.dice.of("team-a", "rk-abcdef-other-1-1-xxxxxxxx", ""));
    }
    return shared && room;
  }

  /**
   * Whoever may write the Secret says of the key in it that it is one of somebody else's, and the
   * ledger that knows better is lost. Where an account is said to be Rekey's alone and its list
   * shows no labels, the Secret is all there is, and its word counts.
   */
  private boolean nameAnotherKey() {
    var capabilities = life.issuers.of(wanted.issuer).account().capabilities();
    if (capabilities.tracing() == Tracing.COUNTABLE) {
      return false;
    }
    var others =
        life.issuers.there().stream()
            .filter(it -> !it.ours() && it.account().equals(wanted.issuer) && !hasGivenUp(it))
            .map(Account.TrueKey::id)
            .toList();
    if (others.isEmpty() || life.secrets.shownStamp().isEmpty() || !deleteLedger()) {
      return false;
    }
    var id = life.dice.of(others);
    life.secrets.edit(
        SimulatedSecrets.TEAM,
        SimulatedSecrets.TARGET,
        it -> it.editMetadata().addToAnnotations(Names.KEY_ID, id).endMetadata());
    return true;
  }

  private boolean nobodyAsks() {
    return life.secrets.ledger().stream()
        .flatMap(it -> it.attempts().stream())
        .allMatch(it -> it.notAfter().plusSeconds(60).isBefore(life.clock.instant()));
  }

  /** The Secret was written. A pod that ends now never has its file renewed. */
  void watchSecret() {
    if (life.faults.areAbout() && life.workloads.reading() == Reads.FILE && life.dice.oneIn(6)) {
      life.workloads.evictOne(life.dice.seconds(120, 400));
    }
  }

  /** A key was deleted, whatever was answered: where its id is given again, somebody may get it. */
  void watchDeletes() {
    boolean given =
        life.issuers.of(wanted.issuer).account().capabilities().reusesIds()
            && !atPeace
            && life.faults.areAbout()
            && life.dice.oneIn(4);
    if (given) {
      life.in(
          life.dice.millis(0, 60_000),
          () -> {
            if (!atPeace) {
              otherTeamsKey();
            }
          });
    }
  }

  /** An account that only Rekey uses may be used by several of its rotations. */
  private boolean neighbourRotates() {
    var account = life.issuers.of(wanted.issuer).account();
    var can = account.capabilities();
    var issuer =
        life.secrets.ledger().stream()
            .flatMap(it -> it.keys().stream())
            .map(Key::issuer)
            .filter(it -> it.account().equals("account-" + account.name()))
            .findFirst();
    boolean shared =
        can.tracing() == Tracing.COUNTABLE && !can.reusesIds() && can.quota().isEmpty();
    if (shared) {
      issuer.ifPresent(it -> neighbour.rotate(account, it));
    }
    return shared && issuer.isPresent();
  }

  // in the end

  /** They do what conditions tell them to do. */
  void mend() {
    life.tell("people", () -> "mend what they can");
    life.faults.issuersDown(false);
    life.workloads.freshFail(false);
    life.workloads.endBarePods();
    life.workloads.letSetsGo();
    life.workloads.nodesRise();
    life.workloads.contest(Optional.empty());
    for (var name : life.workloads.names()) {
      life.workloads.pause(name, false);
    }
    life.issuers.usable("messaging", true);
    life.issuers.usable("other", true);
    if (life.resources.isThere(NEWCOMER)) {
      life.resources.deleteByForce(NEWCOMER);
    }
    life.secrets
        .get(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET)
        .filter(it -> it.getData() != null && it.getData().containsKey("copy"))
        .ifPresent(it ->
            life.secrets.edit(
                SimulatedSecrets.TEAM,
                SimulatedSecrets.TARGET,
                secret -> secret.removeFromData("copy")));
    wanted.suspend = false;
    wanted.interval = Optional.of("12h");
    wanted.revoke = false;
    if (life.resources.isDeleting(Simulation.NAME)) {
      endReaders();
    } else {
      apply();
    }
    mendWhatIsHeld();
    life.event();
  }

  /**
   * A ledger that Rekey holds is taken away, and a key that it does not know is named.
   *
   * @return whether there was anything to mend
   */
  boolean mendWhatIsHeld() {
    var reasons = reasons();
    boolean held =
        reasons.stream()
            .anyMatch(Set.of("ForeignLedger", "LedgerBehind", "LedgerUnreadable")::contains);
    boolean unknown =
        reasons.stream().anyMatch(Set.of("AdoptedKeyUnknown", "SecretNotOurs")::contains);
    if (held) {
      takeOverOrDelete();
    }
    if (unknown) {
      mendAdoption();
    }
    boolean gone = !life.resources.isThere(Simulation.NAME);
    if (gone) {
      apply();
    }
    boolean full =
        messages().stream().anyMatch(it -> it.contains("quota") || it.contains("no room"))
            && makeRoom();
    boolean putBack = messages().stream().anyMatch(it -> it.contains("it was put back once"));
    if (putBack) {
      life.workloads.names().forEach(life.workloads::killOnePod);
    }
    boolean byHand =
        messages().stream()
            .anyMatch(it ->
                it.contains("restart it by hand")
                    || it.contains("may not have renewed the file yet"));
    if (byHand) {
      life.workloads.killAllPods();
    }
    // a rotation that was held up until its new key expired goes on with another one
    boolean dead =
        reasons.contains("CurrentKeyNotAccepted")
            && !gone
            && hasExpired(Role.NEXT)
            && name(Names.REVOKE_NOW, Role.NEXT);
    life.event();
    return held || unknown || full || gone || putBack || dead;
  }

  private boolean hasExpired(Role role) {
    return life.secrets
        .ledger()
        .flatMap(it -> it.key(role))
        .flatMap(Key::expiresAt)
        .map(it -> it.isBefore(life.clock.instant()))
        .orElse(false);
  }

  /** Keys that nobody answers for are deleted at the issuer by hand, as the condition says. */
  private boolean makeRoom() {
    var ledger = life.secrets.ledger();
    var useless =
        life.issuers.there().stream()
            .filter(it -> !life.secrets.holdsAnywhere(it.value()))
            .filter(it ->
                ledger.stream()
                    .flatMap(all -> all.keys().stream())
                    .noneMatch(known -> value(known).equals(it.value())))
            .filter(it ->
                life.workloads.live().stream()
                    .noneMatch(pod -> pod.holds().equals(Optional.of(it.value()))))
            .toList();
    useless.forEach(life.issuers::deleteByHand);
    return !useless.isEmpty();
  }

  private void takeOverOrDelete() {
    var lineage = life.secrets.storedLedger().flatMap(life.secrets::lineageOf);
    if (lineage.isPresent() && !triedTakeover) {
      triedTakeover = true;
      life.resources.annotate(Simulation.NAME, Names.TAKEOVER, lineage.get());
    } else {
      deleteLedger();
    }
  }

  private Set<String> reasons() {
    return conditions().map(Condition::getReason).collect(Collectors.toSet());
  }

  private List<String> messages() {
    return conditions().map(Condition::getMessage).toList();
  }

  private Stream<Condition> conditions() {
    return life.resources.isThere(Simulation.NAME)
        ? life
            .resources
            .status(Simulation.NAME)
            .flatMap(it -> Optional.ofNullable(it.conditions()))
            .orElseGet(List::of)
            .stream()
        : Stream.empty();
  }

  /** The key that is in the Secret is named, as its issuer lists it; one that is dead goes. */
  private void mendAdoption() {
    var key = life.secrets.value().flatMap(life.issuers::keyOf).filter(life::isAlive);
    if (key.isEmpty()) {
      life.secrets.delete(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET);
      return;
    }
    wanted.issuer = key.get().account();
    wanted.adopt = Optional.of(key.get().id());
    giveUp(key.get());
    apply();
    life.secrets.edit(
        SimulatedSecrets.TEAM,
        SimulatedSecrets.TARGET,
        it ->
            it.editMetadata()
                .removeFromAnnotations(Names.PUBLICATION)
                .removeFromAnnotations(Names.KEY_ID)
                .endMetadata());
  }

  // what is to be known of it

  /** Whether a person has named the key of this value in revoke-now. */
  boolean hasNamed(String value) {
    return names(named, value) || sentAlong.contains(value);
  }

  /** Whether people have ever put another ledger in the place of one, or taken one away. */
  boolean hasMeddledWithLedger() {
    return meddled;
  }

  /** Whether people have done so since. */
  boolean hasMeddledWithLedgerSince(Instant instant) {
    return meddled && !meddledAt.isBefore(instant);
  }

  /** An id may mean a key of either account. */
  private boolean names(Set<String> ids, String value) {
    return !ids.isEmpty()
        && life.issuers.keyOf(value).map(it -> ids.contains(it.id())).orElse(false);
  }

  /** Whether a person has named the key of this value as leaked. */
  boolean hasLeaked(String value) {
    return names(leaked, value);
  }

  /** Whether the key of this value was named as leaked before anybody was to see it. */
  boolean hasLeakedUnseen(String value) {
    return leakedUnseen.contains(value);
  }

  /** The value of the key that people have named last, where they did so before, and still do. */
  Optional<String> revokedNowSince(Instant instant) {
    return revokedNow
        .filter(it -> it.at().isBefore(instant))
        // a ledger that has just been put back is not the one that the key was looked up in
        .filter(it -> !hasMeddledWithLedgerSince(it.at().minus(LAG)))
        .filter(it ->
            life.resources.isThere(Simulation.NAME)
                && Optional.ofNullable(
                        life.resources.required(Simulation.NAME).getMetadata().getAnnotations())
                    .map(all -> it.id().equals(all.get(Names.REVOKE_NOW)))
                    .orElse(false))
        .map(RevokedNow::value);
  }

  /** Whether a person has named any key in revoke-now: an id may mean one of another account. */
  boolean hasNamedAny() {
    return !named.isEmpty();
  }

  /** Whether people have said that Rekey answers for this key, which it did not mint. */
  boolean hasGivenUp(Account.TrueKey key) {
    return givenUp.contains(key.value()) || saidToBeOurs.contains(key.account() + "/" + key.id());
  }

  /** The key of this value may be deleted by Rekey one day. */
  void giveUp(Account.TrueKey key) {
    givenUp.add(key.value());
  }

  /** Whether nobody can know of this key any more, since people took the ledger away. */
  boolean hasLostSightOf(Account.TrueKey key) {
    return lostSight.contains(key.value()) || lostSight.contains(key.asked());
  }

  /** Whether the resource is being deleted, and its keys with it. */
  boolean isDeleting() {
    return life.resources.isDeleting(Simulation.NAME);
  }

  /** The key of this value goes with its resource, as people have asked. */
  void sendAlong(String value) {
    sentAlong.add(value);
  }
}
