package dev.rekey.rotation;

/** Whether a pod serves, as its kubelet says. */
public sealed interface Readiness {

  /** It does. */
  record Ready() implements Readiness {}

  /**
   * It does not.
   *
   * @param why what is said of it, to go on after {@code is not ready:}; nothing of a key is in it
   */
  record NotReady(String why) implements Readiness {}
}
