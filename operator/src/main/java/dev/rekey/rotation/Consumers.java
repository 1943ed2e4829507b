package dev.rekey.rotation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who reads the target Secret. */
public sealed interface Consumers {

  /** Nobody looked, because nothing that is to be decided depends on it. */
  record NotLookedAt() implements Consumers {}

  /**
   * Every pod that reads the Secret, and every workload whose pods will.
   *
   * @param claims the PersistentVolumeClaims whose volume refers to the Secret, where they were
   *     looked for; the pods that mount one are among the pods
   */
  record Seen(List<Workload> workloads, List<Pod> pods, List<String> claims) implements Consumers {
    public Seen {
      workloads = List.copyOf(workloads);
      pods = List.copyOf(pods);
      claims = List.copyOf(claims);
    }

    /** Where no volume refers to the Secret. */
    public Seen(List<Workload> workloads, List<Pod> pods) {
      this(workloads, pods, List.of());
    }

    /** The same, where this workload was given a stamp since. */
    public Seen stamped(WorkloadRef ref, Stamp stamp) {
      return new Seen(
          workloads.stream().map(it -> it.ref().equals(ref) ? it.stamped(stamp) : it).toList(),
          pods,
          claims);
    }

    /** The same, where this Rollout was told to restart since. */
    public Seen restarted(WorkloadRef ref, Instant at) {
      return new Seen(
          workloads.stream().map(it -> it.ref().equals(ref) ? it.restarted(at) : it).toList(),
          pods,
          claims);
    }
  }

  /**
   * A workload whose pod template reads the Secret and that Rekey may restart.
   *
   * @param ref which
   * @param stamp the stamp on its template
   * @param reading how its template refers to the Secret
   * @param rolledOut whether its controller has seen the template and every pod of it is up to date
   *     and available
   * @param standing how far it is, for people: {@code 1 of 3 updated}
   * @param wantsPods whether its controller makes a pod as soon as there is none
   * @param reloadedBy the annotation by which Stakater Reloader restarts it when the Secret changes
   * @param restartAt the time that none of its pods is to be older than, where it is of a kind that
   *     is restarted by that
   */
  record Workload(
      WorkloadRef ref,
      Optional<Stamp> stamp,
      Reading reading,
      boolean rolledOut,
      String standing,
      boolean wantsPods,
      Optional<String> reloadedBy,
      Optional<Instant> restartAt) {

    /** One of a kind that is stamped. */
    public Workload(
        WorkloadRef ref,
        Optional<Stamp> stamp,
        Reading reading,
        boolean rolledOut,
        String standing,
        boolean wantsPods,
        Optional<String> reloadedBy) {
      this(ref, stamp, reading, rolledOut, standing, wantsPods, reloadedBy, Optional.empty());
    }

    /** One that nobody else restarts. */
    public Workload(
        WorkloadRef ref,
        Optional<Stamp> stamp,
        Reading reading,
        boolean rolledOut,
        String standing,
        boolean wantsPods) {
      this(ref, stamp, reading, rolledOut, standing, wantsPods, Optional.empty());
    }

    /** Whether its template carries this stamp, or a later one of the same lineage. */
    public boolean carries(Stamp wanted) {
      return stamp.map(it -> it.reaches(wanted.lineage(), wanted.publication())).orElse(false);
    }

    /**
     * Whether it was told to restart for the publication of this stamp, or a later one.
     *
     * @param since from when on a pod that starts is known to start on that publication
     */
    public boolean follows(Stamp wanted, Instant since) {
      return ref.kind().stamped()
          ? carries(wanted)
          : restartAt.map(it -> !it.isBefore(since)).orElse(false);
    }

    private Workload restarted(Instant at) {
      return new Workload(
          ref,
          stamp,
          reading,
          false,
          "its controller has not seen it as it is yet",
          wantsPods,
          reloadedBy,
          Optional.of(at));
    }

    private Workload stamped(Stamp given) {
      var since = rolledOut ? "its controller has not seen the new template yet" : standing;
      return new Workload(ref, Optional.of(given), reading, false, since, wantsPods);
    }

    /** Whether its pods hold the value, so that it has to be restarted for a new one. */
    public boolean holdsValue() {
      return reading != Reading.PULLED;
    }
  }

  /** A workload by kind, name and UID, as it was seen at {@code resourceVersion}. */
  record WorkloadRef(WorkloadKind kind, String name, String uid, String resourceVersion) {
    /** As people write it: {@code Deployment api}. */
    public String display() {
      return kind + " " + name;
    }
  }

  /**
   * A pod that reads the Secret.
   *
   * @param name its name
   * @param uid its UID: a pod of a StatefulSet is made again under its name
   * @param createdAt when it was created
   * @param stamp its stamp
   * @param workload whose template it comes from, as {@code Deployment api}, where that is one of a
   *     kind that Rekey restarts
   * @param reading how it refers to the Secret
   * @param hindrance why it is not restarted, where that needs a person
   * @param over whether every container of it has ended for good
   * @param terminating whether it is on its way out
   * @param nodeReadySince since when its node has been ready; empty: it is not, or nobody asked
   * @param readiness whether it serves
   * @param holdsUpItsSet whether, as long as it is not ready, its controller replaces no pod, not
   *     even this one: that of a StatefulSet whose pods are managed in order
   * @param toldByAge whether its workload is restarted without a stamp, so that only its creation
   *     tells on which publication it started
   */
  record Pod(
      String name,
      String uid,
      Instant createdAt,
      Optional<Stamp> stamp,
      Optional<String> workload,
      Reading reading,
      Optional<Hindrance> hindrance,
      boolean over,
      boolean terminating,
      Optional<Instant> nodeReadySince,
      Readiness readiness,
      boolean holdsUpItsSet,
      boolean toldByAge) {

    /** One whose workload, if it has one, is stamped. */
    public Pod(
        String name,
        String uid,
        Instant createdAt,
        Optional<Stamp> stamp,
        Optional<String> workload,
        Reading reading,
        Optional<Hindrance> hindrance,
        boolean over,
        boolean terminating,
        Optional<Instant> nodeReadySince,
        Readiness readiness,
        boolean holdsUpItsSet) {
      this(
          name,
          uid,
          createdAt,
          stamp,
          workload,
          reading,
          hindrance,
          over,
          terminating,
          nodeReadySince,
          readiness,
          holdsUpItsSet,
          false);
    }

    /** Whether it comes from a template that Rekey may stamp. */
    public boolean stampable() {
      return workload.isPresent() && !toldByAge;
    }

    /** Why it does not serve, where it is there to serve. */
    public Optional<String> whyNotReady() {
      return readiness instanceof Readiness.NotReady(var why) && !over && !terminating
          ? Optional.of(why)
          : Optional.empty();
    }
  }
}
