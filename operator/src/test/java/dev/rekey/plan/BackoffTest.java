package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Fault FAULT = Fault.of(Reason.IssuerFailed, "The issuer failed.");

  @Test
  void doublesUpToACeiling() {
    var pauses = new ArrayList<Duration>();
    Optional<Failure> last = Optional.empty();
    for (int i = 0; i < 100; i++) {
      var failure = after(last, FAULT);
      pauses.add(Duration.between(Given.NOW, failure.notBefore()));
      last = Optional.of(failure);
    }

    assertThat(pauses)
        .startsWith(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(20))
        .endsWith(Given.SETTINGS.backoffCeiling())
        .isSorted();
    assertThat(last.orElseThrow().count()).isEqualTo(100);
  }

  @Test
  void waitsAsLongAsTheIssuerAsks() {
    var asked = new Fault(Reason.IssuerThrottled, "Later.", Optional.of(Duration.ofHours(2)));

    assertThat(after(Optional.empty(), asked).notBefore())
        .isEqualTo(Given.NOW.plus(Duration.ofHours(2)));
  }

  @Test
  void isNotShortenedByAnIssuerThatAsksForLess() {
    var asked = new Fault(Reason.IssuerThrottled, "Later.", Optional.of(Duration.ofSeconds(1)));

    assertThat(after(Optional.empty(), asked).notBefore()).isEqualTo(Given.NOW.plusSeconds(5));
  }

  @Test
  void isOnUntilItsTimeOrAnEditOfTheSpec() {
    var fault = Fault.of(Reason.RequestRefused, "It refuses.");
    var failure = after(Optional.empty(), fault);

    assertThat(Pauses.isOn(Given.atRest().seen(), Optional.of(failure))).isTrue();
    assertThat(Pauses.isOn(Given.atRest().at(failure.notBefore()).seen(), Optional.of(failure)))
        .isFalse();
    var edited =
        Backoff.after(Optional.empty(), Verb.MINT, "s", fault, 2, Given.NOW, Given.SETTINGS);
    assertThat(Pauses.isOn(Given.atRest().seen(), Optional.of(edited))).isFalse();
    assertThat(Pauses.isOn(Given.atRest().seen(), Optional.empty())).isFalse();
  }

  @Test
  void anEditOfTheSpecDoesNotEndThePauseThatAServiceAsksFor() {
    var throttled = new Fault(Reason.IssuerThrottled, "Later.", Optional.of(Duration.ofMinutes(2)));
    var failure =
        Backoff.after(Optional.empty(), Verb.MINT, "s", throttled, 7, Given.NOW, Given.SETTINGS);

    assertThat(Pauses.isOn(Given.atRest().seen(), Optional.of(failure))).isTrue();
  }

  private static Failure after(Optional<Failure> before, Fault fault) {
    return Backoff.after(before, Verb.MINT, "s", fault, 1, Given.NOW, Given.SETTINGS);
  }
}
