package dev.rekey.testissuers;

/** A key as a service shows it once, when it is made. */
public record MadeKey(String id, String value) {
  @Override
  public String toString() {
    return "MadeKey[" + id + "]";
  }
}
