package dev.rekey.node;

/** A container cannot start yet: something that its spec names is not there. */
final class MissingInputException extends Exception {

  private final String reason;

  /**
   * @param reason the kubelet's word for it, as it appears in the waiting state of the container
   */
  MissingInputException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
