package dev.rekey.api.v1alpha1;

/** What Rekey may do about a target Secret that is missing, or that somebody else made. */
public enum CreationPolicy {
  Create,
  Merge
}
