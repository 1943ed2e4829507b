package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IssuerNeedsTest {
  private static final IssuerBinding OTHER =
      new IssuerBinding("KeyIssuer", "payments", "other", "issuer-2", "account-2");

  /** For an issuer that stays, one that is being deleted, and one whose keys go with a resource. */
  static Stream<Arguments> ledgers() {
    var lost = Given.attempt("1", Attempt.State.LOST);
    return Stream.of(
        arguments("nothing is due", Given.atRest(), false, false, true),
        arguments("a rotation without a key", Given.begun(), true, false, true),
        arguments("a new key that nobody has seen", Given.minted(), true, true, true),
        arguments("a published key", Given.published(Duration.ZERO), true, true, true),
        arguments("an old key that is to go", Given.condemned(), true, true, true),
        arguments(
            "a rotation without a key elsewhere",
            Given.begun().rotation(it -> it.run(run -> at(OTHER, run))),
            true,
            true,
            true),
        arguments(
            "an answer that may still come",
            Given.noKey().rotation(it -> it.opened(Given.attempt("1", Attempt.State.OPEN))),
            true,
            true,
            true),
        arguments(
            "a lost key that is still searched for",
            Given.noKey().rotation(it -> it.opened(lost.swept(Optional.of(Instant.EPOCH)))),
            true,
            true,
            true),
        arguments(
            "a lost key that is not searched for any more",
            Given.noKey().rotation(it -> it.opened(lost.swept(Optional.empty()))),
            false,
            false,
            false),
        arguments(
            "a key that was taken back",
            Given.atRest().rotation(it -> it.adopted(key(Role.REJECTED))),
            true,
            true,
            true),
        arguments(
            "a key that is left to a person",
            Given.noKey().rotation(it -> it.adopted(key(Role.RETIRED))),
            false,
            false,
            false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ledgers")
  void anIssuerIsNeededWhileKeysOfItAreUnfinished(
      String what, Given given, boolean stays, boolean deleted, boolean revokes) {
    var ledger = given.rotation();
    var uid = Given.ISSUER.uid();

    assertThat(IssuerNeeds.has(uid, true, ledger, false)).as("one that stays").isEqualTo(stays);
    assertThat(IssuerNeeds.has(uid, false, ledger, false)).as("deleted").isEqualTo(deleted);
    assertThat(IssuerNeeds.has(uid, false, ledger, true)).as("revokes").isEqualTo(revokes);
    assertThat(IssuerNeeds.has("another", true, ledger, true)).as("another issuer").isFalse();
  }

  private static Key key(Role role) {
    return Given.key("9", role, Given.NOW);
  }

  private static Run at(IssuerBinding issuer, Run run) {
    return new Run(
        run.sequence(),
        run.cause(),
        run.startedAt(),
        issuer,
        run.data(),
        run.settle(),
        run.soak(),
        run.progressTimeout(),
        run.attempts(),
        run.keyName(),
        run.progress());
  }
}
