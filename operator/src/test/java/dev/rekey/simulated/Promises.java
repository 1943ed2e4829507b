package dev.rekey.simulated;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What must be true at every moment, whatever goes wrong. It looks at the world itself, not at what
 * Rekey believes of it; of the ledger it only takes what Rekey has decided.
 */
final class Promises {
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final int ACCEPTED_IN_A_ROW = 3;

  private final Simulation world;
  private final Set<String> broken = new LinkedHashSet<>();
  private final Map<String, Instant> lastHeld = new HashMap<>();
  private final Set<String> minted = new HashSet<>();

  /** Values of keys that a person has named in {@code rekey.dev/revoke-now}. */
  private final Set<String> named = new HashSet<>();

  private int toldSoFar;
  private int eventsSoFar;
  private Optional<Rotation> ledgerBefore = Optional.empty();

  Promises(Simulation world) {
    this.world = world;
  }

  /** What was broken so far, each once. */
  List<String> broken() {
    return List.copyOf(broken);
  }

  /** Right before an effect: may it happen now? */
  void before(Effect effect) {
    var ledger = world.secrets.ledger();
    switch (effect.kind()) {
      case LEDGER -> ledgerBefore = ledger;
      case MINT -> mayMint(effect, ledger);
      case DELETE -> mayDelete(effect, ledger);
      case STAMP -> mayStamp(effect, ledger);
      case SECRET, POD, STATUS, VERIFY, LIST -> {}
    }
  }

  /** Right after an effect. */
  void after(Effect effect) {
    switch (effect.kind()) {
      case LEDGER -> {
        var ledger = world.secrets.ledger();
        ledger.stream()
            .flatMap(it -> it.keys().stream())
            .filter(Key::named)
            .flatMap(it -> it.fields().values().stream())
            .forEach(it -> named.add(it.reveal()));
        if (ledgerBefore.isPresent() && ledger.isPresent()) {
          mayWrite(ledgerBefore.get(), ledger.get());
        }
      }
      case SECRET -> maySee();
      case STATUS -> saysNoSecret(world.resources.status(Simulation.NAME).toString());
      case STAMP, POD, MINT, VERIFY, LIST, DELETE -> {}
    }
    always();
  }

  /** At every moment. */
  void always() {
    var now = world.clock.instant();
    for (var pod : world.workloads.live()) {
      var held = pod.holds().orElse("");
      lastHeld.put(held, now);
      if (world.issuer.deleteAsked().contains(held) && !named.contains(held)) {
        broken.add("1: a live pod holds a key that was asked to be deleted");
      }
    }
    world
        .issuer
        .fake()
        .capabilities()
        .quota()
        .ifPresent(quota -> {
          if (world.issuer.liveValues().size() > quota) {
            broken.add("3: the account holds more keys than its quota");
          }
        });
    var told = world.told();
    told.subList(toldSoFar, told.size()).forEach(this::saysNoSecret);
    toldSoFar = told.size();
    var events = world.resources.events();
    events.subList(eventsSoFar, events.size()).forEach(this::saysNoSecret);
    eventsSoFar = events.size();
  }

  private void mayMint(Effect effect, Optional<Rotation> ledger) {
    boolean open =
        ledger.stream()
            .flatMap(it -> it.attempts().stream())
            .anyMatch(it -> it.label().equals(effect.subject()));
    if (!open) {
      broken.add("3: a key is minted without an attempt in the ledger");
    }
    boolean mayRepeat = world.issuer.fake().capabilities().tracing() == Tracing.IDEMPOTENT;
    if (!minted.add(effect.subject()) && !mayRepeat) {
      broken.add("3: an attempt is sent twice");
    }
  }

  private void mayDelete(Effect effect, Optional<Rotation> ledger) {
    boolean condemned =
        ledger.stream()
            .flatMap(it -> it.keys(Role.CONDEMNED).stream())
            .anyMatch(it -> it.id().equals(Optional.of(effect.subject())));
    if (!condemned) {
      broken.add("4: a key is deleted that the ledger does not show as condemned");
    }
  }

  /** Nothing is restarted before kubelets have seen the publication that the stamp stands for. */
  private void mayStamp(Effect effect, Optional<Rotation> ledger) {
    var publication = ledger.flatMap(Rotation::publication);
    boolean newest =
        publication.map(it -> effect.subject().endsWith("." + it.number())).orElse(false);
    if (newest && world.secrets.standsFor().compareTo(Simulation.SETTLE) < 0) {
      broken.add("2: a workload is restarted before the Secret has settled");
    }
  }

  /** What the Secret shows now was accepted often enough, where it was not in it already. */
  private void maySee() {
    var value = world.secrets.value().orElse("");
    boolean seenBefore = lastHeld.containsKey(value);
    if (world.issuer.fake().capabilities().verifies()
        && !seenBefore
        && world.issuer.accepted(value).size() < ACCEPTED_IN_A_ROW) {
      broken.add("2: a key is published that was not accepted three times");
    }
  }

  private void mayWrite(Rotation before, Rotation after) {
    if (after.lineage().equals(before.lineage())
        && after.publicationNumber() < before.publicationNumber()) {
      broken.add("7: the ledger counts publications down");
    }
    boolean goes = world.resources.goesWithItsKeys(Simulation.NAME);
    if (goes
        && after.run().isEmpty()
        && condemns(before, after)
        && !world.workloads.live().isEmpty()) {
      broken.add("1: keys are condemned with their resource while pods read the Secret");
    }
    for (Key key : before.keys(Role.CURRENT)) {
      if ((!goes || after.run().isPresent())
          && after
              .key(key.name())
              .map(it -> it.role() == Role.CONDEMNED && !it.named())
              .orElse(false)) {
        mayCondemn(key);
      }
    }
  }

  /** Whether a key that somebody may hold is condemned by this write. */
  private static boolean condemns(Rotation before, Rotation after) {
    return before.keys().stream()
        .filter(it -> it.role() == Role.CURRENT || it.lastPublication().isPresent())
        .filter(it -> it.role() != Role.CONDEMNED)
        .anyMatch(
            it -> after.key(it.name()).map(now -> now.role() == Role.CONDEMNED).orElse(false));
  }

  private void mayCondemn(Key old) {
    var now = world.clock.instant();
    var value = Optional.ofNullable(old.fields().get("value")).map(it -> it.reveal()).orElse("");
    var held = lastHeld.getOrDefault(value, Instant.MIN);
    if (held.isAfter(now.minus(Simulation.SOAK))) {
      broken.add("2: a key is condemned before the soak is over");
    }
    var published = world.secrets.value().orElse("");
    boolean fresh =
        world.issuer.accepted(published).stream().anyMatch(it -> !it.isBefore(now.minus(FRESH)));
    if (world.issuer.fake().capabilities().verifies() && !fresh) {
      broken.add("2: a key is condemned without a fresh look at the one that replaces it");
    }
    if (published.equals(value)) {
      broken.add("2: a key is condemned that the Secret still shows");
    }
  }

  private void saysNoSecret(String text) {
    for (var value : world.issuer.values()) {
      if (text.contains(value)) {
        broken.add("6: a key's value is told");
      }
    }
  }

  /** When all is done: one live key at the issuer, in the Secret and in every pod; nothing open. */
  List<String> leftOver() {
    var left = new ArrayList<String>();
    var value = world.secrets.value();
    var live = world.issuer.liveValues();
    if (live.size() != 1) {
      left.add("3: the issuer has " + live.size() + " live keys");
    }
    if (value.isEmpty() || !live.contains(value.get())) {
      left.add("1: the Secret holds no live key");
    }
    for (var pod : world.workloads.all()) {
      if (!pod.holds().equals(value)) {
        left.add("1: pod " + pod.name + " is not on the key of the Secret");
      }
    }
    var ledger = world.secrets.ledger();
    if (ledger.isEmpty()) {
      left.add("7: there is no ledger");
      return left;
    }
    // One that is lost may stay until it was searched for once more, before the next mint.
    ledger.get().attempts().stream()
        .filter(it -> it.nextSweep().isPresent() || it.state() == Attempt.State.OPEN)
        .forEach(it -> left.add("3: attempt " + it.id() + " is unsettled"));
    if (ledger.get().run().isPresent()) {
      left.add("2: the rotation is not over");
    }
    if (ledger.get().keys().size() != 1 || ledger.get().key(Role.CURRENT).isEmpty()) {
      left.add("3: the ledger knows " + ledger.get().keys().size() + " keys");
    }
    return left;
  }
}
