package dev.rekey.cluster;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Stands around everything that can be changed, and lets nobody through who does not surely lead at
 * that instant. A process may be held up anywhere, in the middle of a step as well, and wake long
 * after another replica has taken over; so the question is asked right before each change, and not
 * once for each pass. Whoever only reads passes.
 */
public final class Fence {
  private final BooleanSupplier mayWork;

  /**
   * A fence that opens while this holds.
   *
   * @param mayWork whether this replica surely leads at this instant; asks nobody, so it is
   *     answered at once
   */
  public Fence(BooleanSupplier mayWork) {
    this.mayWork = mayWork;
  }

  /** Secrets that only a leader writes. */
  public Secrets around(Secrets secrets) {
    return new FencedSecrets(secrets, this);
  }

  /** Inboxes that only a leader empties. */
  public Inboxes around(Inboxes inboxes) {
    return new Inboxes() {
      @Override
      public Optional<Secret> get(String namespace, String name) {
        return inboxes.get(namespace, name);
      }

      @Override
      public void delete(Secret read) {
        pass("inbox " + read.getMetadata().getName());
        inboxes.delete(read);
      }
    };
  }

  /** Workloads that only a leader writes. */
  public Workloads around(Workloads workloads) {
    return new FencedWorkloads(workloads, this);
  }

  /** Argo Rollouts that only a leader restarts. */
  public Rollouts around(Rollouts rollouts) {
    return new FencedRollouts(rollouts, this);
  }

  /** Resources whose status only a leader writes. */
  public Resources around(Resources resources) {
    return new FencedResources(resources, this);
  }

  /** Issuers and credentials whose metadata only a leader writes. */
  public Issuers around(Issuers issuers) {
    return new FencedIssuers(issuers, this);
  }

  /** Events that only a leader tells; anybody else's are dropped, as one that cannot be written. */
  public Events around(Events events) {
    return new Events() {
      @Override
      public void tell(ApiKeyRotation about, Reason reason, String message, boolean warning) {
        if (mayWork.getAsBoolean()) {
          events.tell(about, reason, message, warning);
        }
      }

      @Override
      public void tellWorkload(
          String namespace, WorkloadRef workload, Reason reason, String message) {
        if (mayWork.getAsBoolean()) {
          events.tellWorkload(namespace, workload, reason, message);
        }
      }

      @Override
      public void tellOperator(HasMetadata about, Reason reason, String message) {
        if (mayWork.getAsBoolean()) {
          events.tellOperator(about, reason, message);
        }
      }
    };
  }

  /**
   * Lets the caller go on and change {@code what}.
   *
   * @throws ClusterException.LeaseLost when this replica does not surely lead any more
   */
  public void pass(String what) {
    if (!mayWork.getAsBoolean()) {
      throw new ClusterException.LeaseLost(what);
    }
  }
}
