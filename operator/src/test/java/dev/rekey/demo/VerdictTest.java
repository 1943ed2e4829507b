package dev.rekey.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The demo must not be able to praise itself. */
class VerdictTest {

  @Test
  void onlyThreeRotationsWithoutAnyFaultAreGood() {
    assertThat(verdict(3, 1000, 0, 0).good()).isTrue();
    assertThat(verdict(2, 1000, 0, 0).good()).isFalse();
    assertThat(verdict(3, 999, 0, 0).good()).isFalse();
    assertThat(verdict(3, 1000, 1, 0).good()).isFalse();
    assertThat(verdict(3, 1000, 0, 1).good()).isFalse();
    assertThat(new Verdict(3, 1000, 0, 0, List.of("key 44"), Optional.empty()).good()).isFalse();
    assertThat(new Verdict(3, 1000, 0, 0, List.of(), Optional.of("the end")).good()).isFalse();
  }

  @Test
  void lastLineSaysWhatWasCounted() {
    assertThat(verdict(3, 4321, 0, 0).line())
        .isEqualTo("rotated 3 keys; 0 of 4321 requests failed; 0 keys left over");
    assertThat(verdict(2, 4321, 17, 1).line())
        .isEqualTo("rotated 2 keys; 17 of 4321 requests failed; 1 keys left over");
  }

  private static Verdict verdict(int rotated, long requests, long failed, int leftOver) {
    return new Verdict(rotated, requests, failed, leftOver, List.of(), Optional.empty());
  }
}
