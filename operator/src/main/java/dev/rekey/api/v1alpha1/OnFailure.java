package dev.rekey.api.v1alpha1;

/** What becomes of a rollout that fails. */
public enum OnFailure {
  Halt,
  Rollback
}
