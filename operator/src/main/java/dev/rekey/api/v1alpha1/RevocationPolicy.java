package dev.rekey.api.v1alpha1;

/** Who deletes the old key at its issuer. */
public enum RevocationPolicy {
  Delete,
  Manual
}
