package dev.rekey.rotation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who reads the target Secret. */
public sealed interface Consumers {

  /** Nobody looked, because nothing that is to be decided depends on it. */
  record NotLookedAt() implements Consumers {}

  /** Every pod that reads the Secret, and every workload whose pods will. */
  record Seen(List<Workload> workloads, List<Pod> pods) implements Consumers {
    public Seen {
      workloads = List.copyOf(workloads);
      pods = List.copyOf(pods);
    }
  }

  /**
   * A workload whose pod template reads the Secret and that Rekey may stamp.
   *
   * @param ref which
   * @param stamp the stamp on its template
   * @param rolledOut whether its controller has seen the template and every replica is up to date
   *     and available
   * @param standing how far it is, for people: {@code 1 of 3 updated}
   * @param wantsPods whether its controller makes a pod as soon as there is none
   */
  record Workload(
      WorkloadRef ref,
      Optional<Stamp> stamp,
      boolean rolledOut,
      String standing,
      boolean wantsPods) {}

  /** A workload by kind, name and UID, as it was seen at {@code resourceVersion}. */
  record WorkloadRef(String kind, String name, String uid, String resourceVersion) {
    /** As people write it: {@code Deployment api}. */
    public String display() {
      return kind + " " + name;
    }
  }

  /**
   * A pod that reads the Secret.
   *
   * @param name its name
   * @param createdAt when it was created
   * @param stamp its stamp
   * @param stampable whether it belongs to a workload that Rekey stamps
   * @param over whether every container of it has ended for good
   * @param terminating whether it is on its way out
   * @param ready whether it is ready
   */
  record Pod(
      String name,
      Instant createdAt,
      Optional<Stamp> stamp,
      boolean stampable,
      boolean over,
      boolean terminating,
      boolean ready) {}
}
