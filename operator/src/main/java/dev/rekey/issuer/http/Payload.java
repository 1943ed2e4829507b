package dev.rekey.issuer.http;

/**
 * A body as it is sent. It may hold what must not be printed.
 *
 * @param type its media type
 * @param bytes what is sent
 */
record Payload(String type, byte[] bytes) {
  @Override
  public String toString() {
    return "Payload[" + type + "]";
  }
}
