package dev.rekey.api.v1alpha1;

/** What becomes of the key when the resource is deleted. */
public enum DeletionPolicy {
  Retain,
  Revoke
}
