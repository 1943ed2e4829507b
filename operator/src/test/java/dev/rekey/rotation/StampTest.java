package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StampTest {
  @Test
  void isReadAsItIsWritten() {
    var stamp = new Stamp("k3xq9a2b", 12);

    assertThat(stamp).hasToString("k3xq9a2b.12");
    assertThat(Stamp.parse("k3xq9a2b.12")).contains(stamp);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "12", ".12", "a.", "a.b", "a.0", "a.-1", "a.99999999999", "a.1 "})
  void anythingElseIsNoStamp(String text) {
    assertThat(Stamp.parse(text)).isEmpty();
  }

  @Test
  void reachesItsOwnPublicationAndOlderOnesOfItsLineage() {
    var stamp = new Stamp("a", 3);

    assertThat(stamp.reaches("a", 3)).isTrue();
    assertThat(stamp.reaches("a", 2)).isTrue();
    assertThat(stamp.reaches("a", 4)).isFalse();
    assertThat(stamp.reaches("b", 1)).isFalse();
  }

  @Test
  void itsAnnotationIsAValidNameHoweverLongTheSecretsIs() {
    var name = Names.stamp("s".repeat(253));

    assertThat(name).matches("rekey\\.dev/[a-z0-9-]{1,63}").isNotEqualTo(Names.stamp("s"));
  }
}
