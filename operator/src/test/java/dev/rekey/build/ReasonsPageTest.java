package dev.rekey.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Reason.Mood;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReasonsPageTest {

  @Test
  void thePageSaysWhatTheCodeSays() throws Exception {
    var root = Path.of(System.getProperty("rekey.root"));
    assertThat(Files.readString(ReasonsPage.page(root)))
        .as("written by ./mvnw -q -Pcrds")
        .isEqualTo(ReasonsPage.text());
  }

  @Test
  void everyTroubleSaysWhatToDoOrThatRekeyTriesAgain() {
    assertThat(
            Arrays.stream(Reason.values())
                .filter(it -> it.mood() == Mood.TROUBLE || it.mood() == Mood.WARNING))
        .allSatisfy(
            it -> assertThat(it.sentence().split("[.;] ")).as(it.name()).hasSizeGreaterThan(1));
  }
}
