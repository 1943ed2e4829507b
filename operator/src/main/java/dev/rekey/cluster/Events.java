package dev.rekey.cluster;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;

/** Kubernetes Events. */
public interface Events {

  /**
   * Tells those who look at {@code about}. An Event that cannot be written is logged and forgotten:
   * it never holds a rotation.
   *
   * @param warning whether something is wrong
   */
  void tell(ApiKeyRotation about, Reason reason, String message, boolean warning);

  /** Tells those who look at a workload why it was restarted. */
  void tellWorkload(String namespace, WorkloadRef workload, Reason reason, String message);

  /**
   * Warns those who run the operator, in its own namespace: of a resource or an issuer that goes,
   * and may take the Events of its namespace along.
   */
  void tellOperator(HasMetadata about, Reason reason, String message);
}
