package dev.rekey.api.v1alpha1;

/** How pods come to a new value. */
public enum Strategy {
  Restart,
  None
}
