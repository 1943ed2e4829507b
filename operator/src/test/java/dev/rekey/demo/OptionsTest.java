package dev.rekey.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void whatIsNotSetIsNotSet() {
    assertThat(options(Map.of()).revokeFirst()).isFalse();
    assertThat(options(Map.of("rekey.demo.sabotage", "")).revokeFirst()).isFalse();
    assertThat(options(Map.of("rekey.demo.keep", "${rekey.demo.keep}")).keep()).isFalse();
  }

  @Test
  void whatIsSetCounts() {
    assertThat(options(Map.of("rekey.demo.sabotage", "revoke-first")).revokeFirst()).isTrue();
    assertThat(options(Map.of("rekey.demo.keep", "true")).keep()).isTrue();
  }

  @Test
  void misspeltValuesAreRefused() {
    assertThatThrownBy(() -> options(Map.of("rekey.demo.sabotage", "revoke")))
        .hasMessageContaining("revoke-first");
    assertThatThrownBy(() -> options(Map.of("rekey.demo.keep", "yes")))
        .hasMessageContaining("true or false");
  }

  private static Options options(Map<String, String> values) {
    Properties properties = new Properties();
    properties.putAll(values);
    return Options.from(properties);
  }
}
