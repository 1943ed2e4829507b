package dev.rekey.rotation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
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

    /**
     * The same, where this workload was given a stamp since, and in the same write those of other
     * Secrets.
     */
    public Seen stamped(WorkloadRef ref, Stamp stamp, Map<String, Stamp> beside) {
      return new Seen(
          workloads.stream()
              .map(it -> it.ref().equals(ref) ? it.stamped(stamp, beside) : it)
              .toList(),
          pods);
    }

    /** The same, where this Rollout was told to restart since. */
    public Seen restarted(WorkloadRef ref, Instant at) {
      return new Seen(
          workloads.stream().map(it -> it.ref().equals(ref) ? it.restarted(at) : it).toList(),
          pods);
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
   * @param others the other Secrets whose values its pods hold
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
      List<OtherSecret> others,
      Optional<Instant> restartAt) {

    public Workload {
      others = List.copyOf(others);
    }

    /** One of a kind that is stamped. */
    public Workload(
        WorkloadRef ref,
        Optional<Stamp> stamp,
        Reading reading,
        boolean rolledOut,
        String standing,
        boolean wantsPods,
        Optional<String> reloadedBy,
        List<OtherSecret> others) {
      this(
          ref,
          stamp,
          reading,
          rolledOut,
          standing,
          wantsPods,
          reloadedBy,
          others,
          Optional.empty());
    }

    /** One that reads no other Secret, and that nobody else restarts. */
    public Workload(
        WorkloadRef ref,
        Optional<Stamp> stamp,
        Reading reading,
        boolean rolledOut,
        String standing,
        boolean wantsPods) {
      this(ref, stamp, reading, rolledOut, standing, wantsPods, Optional.empty(), List.of());
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
      return ref.kind().stamped() ? carries(wanted) : isToldToRestart(since);
    }

    /** Whether none of its pods is to be older than {@code since}. */
    public boolean isToldToRestart(Instant since) {
      return restartAt.map(it -> !it.isBefore(since)).orElse(false);
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
          others,
          Optional.of(at));
    }

    private Workload stamped(Stamp given, Map<String, Stamp> beside) {
      var since = rolledOut ? "its controller has not seen the new template yet" : standing;
      return new Workload(
          ref,
          Optional.of(given),
          reading,
          false,
          since,
          wantsPods,
          reloadedBy,
          others.stream()
              .map(it ->
                  new OtherSecret(
                      it.name(), Optional.ofNullable(beside.get(it.name())).or(it::stamp)))
              .toList(),
          restartAt);
    }

    /** Whether its pods hold the value, so that it has to be restarted for a new one. */
    public boolean holdsValue() {
      return reading != Reading.PULLED;
    }
  }

  /**
   * Another Secret whose value a workload's pods hold.
   *
   * @param name its name
   * @param stamp the stamp for it on the workload's template
   */
  record OtherSecret(String name, Optional<Stamp> stamp) {
    /**
     * Whether {@code next} may take the place of its stamp: none is there, or an earlier one of the
     * same lineage. Which of two lineages is the later one nothing here can tell.
     */
    public boolean isBefore(Stamp next) {
      return stamp
          .map(it -> it.lineage().equals(next.lineage()) && it.publication() < next.publication())
          .orElse(true);
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
   * @param outOfService whether it is over because a person has said so of its node
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
      boolean outOfService,
      boolean toldByAge) {

    /**
     * One whose workload, if it has one, is stamped, on a node of which nobody has said anything.
     */
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
          false,
          false);
    }

    /** Whether it comes from a template that Rekey may stamp. */
    public boolean stampable() {
      return workload.isPresent() && !toldByAge;
    }

    /** Whether it was made later than this. */
    public boolean isNewerThan(Instant time) {
      return createdAt.isAfter(time);
    }

    /** Since when it has been ready, where that is later than this. */
    public Optional<Instant> readyOnlyAfter(Instant time) {
      return readiness instanceof Readiness.Ready(var since)
          ? since.filter(it -> it.isAfter(time))
          : Optional.empty();
    }

    /** Why it does not serve, where it is there to serve. */
    public Optional<String> whyNotReady() {
      return readiness instanceof Readiness.NotReady(var why) && !over && !terminating
          ? Optional.of(why)
          : Optional.empty();
    }
  }
}
