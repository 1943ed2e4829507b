package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Evidence.Term;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  private static final Instant AT = Instant.parse("2026-06-01T12:00:00Z");

  @Test
  void namesEveryPodByItsTerm() {
    var evidence =
        Evidence.of(
            AT, 7, Map.of(Term.STAMPED, List.of("api-2", "api-1"), Term.OVER, List.of("job-1")));

    assertThat(evidence)
        .isEqualTo(
            new Evidence(
                AT,
                7,
                List.of(
                    new Evidence.Moved(Term.OVER, List.of("job-1"), 0),
                    new Evidence.Moved(Term.STAMPED, List.of("api-1", "api-2"), 0))));
  }

  @Test
  void threeHundredPodsOfADeploymentAreAllNamed() {
    var names = names(300, "payments-gateway-7c9f8d6b5d-%05d");

    assertThat(Evidence.of(AT, 7, Map.of(Term.STAMPED, names)).moved())
        .containsExactly(new Evidence.Moved(Term.STAMPED, names, 0));
  }

  @Test
  void namesThatHaveNoRoomAreCountedAndTheRarestTermsComeFirst() {
    var longest = "a".repeat(248) + "%05d";
    var evidence =
        Evidence.of(
            AT,
            7,
            Map.of(
                Term.STAMPED, names(5_000, longest),
                Term.CREATED_LATER, names(3, longest)));

    var rare = evidence.moved().get(1);
    assertThat(rare.by()).isEqualTo(Term.CREATED_LATER);
    assertThat(rare.pods()).hasSize(3);
    assertThat(rare.leftOut()).isZero();
    var many = evidence.moved().get(0);
    assertThat(many.pods().size() + many.leftOut()).isEqualTo(5_000);
    assertThat(many.pods()).hasSize(16 * 1024 / 253 - 3);
  }

  private static List<String> names(int count, String pattern) {
    return IntStream.range(0, count).mapToObj(pattern::formatted).toList();
  }
}
