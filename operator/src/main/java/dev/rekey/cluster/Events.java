package dev.rekey.cluster;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.rotation.Reason;

/** Kubernetes Events. */
public interface Events {

  /**
   * Tells those who look at {@code about}. An Event that cannot be written is logged and forgotten:
   * it never holds a rotation.
   *
   * @param warning whether something is wrong
   */
  void tell(ApiKeyRotation about, Reason reason, String message, boolean warning);

  /**
   * Warns those who run the operator, in its own namespace: of a resource that goes, and takes the
   * Events of its namespace along.
   */
  void tellOperator(ApiKeyRotation about, Reason reason, String message);
}
