package dev.rekey.keyservice;

/**
 * A key just made, with the value that the service shows only this once.
 *
 * @param plainText the value itself
 */
public record NewKey(ServiceKey key, String plainText) {

  /** Never the value: test failures and the demo print what they are given. */
  @Override
  public String toString() {
    return "NewKey[" + key + ", …" + key.lastFive() + "]";
  }
}
