package dev.rekey.rotation;

/**
 * Where a rotation is, in the order in which it goes. The word that {@code kubectl get akr} prints.
 */
public enum Phase {
  /** Nothing is due. */
  Idle,
  /** It is due, and other rollouts come first. */
  Waiting,
  /** A new key is asked for. */
  Minting,
  /** The new key is tried before anybody sees it. */
  Verifying,
  /** The new key is written to the Secret. */
  Publishing,
  /** Kubelets get time to see the Secret as it is now. */
  Settling,
  /** Workloads are restarted, and pod by pod is waited for. */
  Rolling,
  /** Every consumer is on the new key; the old one still works, for a while. */
  Soaking,
  /** The old key is deleted at the issuer. */
  Revoking,
  /** Something is wrong; the reason says what, and who has to act. */
  Held
}
