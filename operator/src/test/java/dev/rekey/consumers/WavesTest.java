package dev.rekey.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Companion;
import dev.rekey.rotation.Companion.Intent;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Stamp;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WavesTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private final Waves waves = new Waves();

  @Test
  void theOthersOfTheNamespaceAreHeard() {
    waves.say("payments", "a", Optional.of(coming("till")));
    waves.say("payments", "b", Optional.of(coming("mail")));
    waves.say("stock", "c", Optional.of(coming("shelf")));

    assertThat(waves.beside("payments", "a")).containsExactly(coming("mail"));
    assertThat(waves.beside("payments", "of a third")).hasSize(2);
    assertThat(waves.beside("nowhere", "a")).isEmpty();
  }

  @Test
  void whatIsSaidLastCounts() {
    var settled =
        new Companion(
            "till",
            "ApiKeyRotation till",
            new Intent.Settled(new Stamp("x", 2), NOW),
            Restarts.ALL,
            NOW);
    waves.say("payments", "a", Optional.of(coming("till")));

    waves.say("payments", "a", Optional.of(settled));

    assertThat(waves.beside("payments", "b")).containsExactly(settled);
  }

  @Test
  void aLedgerThatWasStartedOverTakesBackTheStampOfItsOldLineage() {
    waves.say(
        "payments",
        "a",
        Optional.of(
            new Companion(
                "till",
                "ApiKeyRotation till",
                new Intent.Settled(new Stamp("old", 7), NOW),
                Restarts.ALL,
                NOW)));

    waves.say("payments", "a", Optional.of(coming("till")));

    assertThat(waves.beside("payments", "b"))
        .noneMatch(it -> it.intent() instanceof Intent.Settled);
  }

  @Test
  void nobodyIsHeardWhoIntendsNothing() {
    waves.say("payments", "a", Optional.of(coming("till")));

    waves.say("payments", "a", Optional.empty());
    waves.say("payments", "never heard of", Optional.empty());

    assertThat(waves.beside("payments", "b")).isEmpty();
  }

  private static Companion coming(String secret) {
    return new Companion(
        secret, "ApiKeyRotation " + secret, new Intent.Coming(Optional.empty()), Restarts.ALL, NOW);
  }
}
