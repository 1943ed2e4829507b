package dev.rekey.simulated;

import dev.rekey.plan.Rules;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Stamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Consumers that rules and gate see otherwise than they are, as if one term of the predicate by
 * which a pod has moved were missing.
 *
 * @param pods what is seen of a pod, given the ledger's lineage; empty: nothing
 * @param workloads the same for a workload
 */
record MisreadConsumers(
    BiFunction<String, Consumers.Pod, Optional<Consumers.Pod>> pods,
    BiFunction<String, Consumers.Workload, Optional<Consumers.Workload>> workloads) {

  /** {@code sabotage}, and consumers are misread in this way. */
  Sabotage in(Sabotage sabotage) {
    return sabotage
        .gate(gate -> (old, seen, ledger) -> gate.closedFor(old, misread(seen), ledger))
        .rules(all -> all.stream().map(this::misread).toList());
  }

  private Rules.Named misread(Rules.Named named) {
    // stamps are no proof to that one: with these it would only start over for ever
    return named.name().equals("startOverWhenBehind")
        ? named
        : new Rules.Named(named.name(), seen -> named.rule().apply(misread(seen)));
  }

  private Observation misread(Observation seen) {
    if (!(seen.ledger() instanceof Ledger.Held held)
        || !(seen.consumers() instanceof Consumers.Seen consumers)) {
      return seen;
    }
    var lineage = held.rotation().lineage();
    return seen.withConsumers(
        new Consumers.Seen(
            consumers.workloads().stream()
                .flatMap(it -> workloads.apply(lineage, it).stream())
                .toList(),
            consumers.pods().stream().flatMap(it -> pods.apply(lineage, it).stream()).toList()));
  }

  /** Stamps count whatever lineage they are of. */
  static MisreadConsumers ofAnyLineage() {
    return new MisreadConsumers(
        (lineage, it) ->
            Optional.of(
                pod(
                    it,
                    it.createdAt(),
                    relabelled(it.stamp(), lineage, 0),
                    it.reading(),
                    it.over())),
        (lineage, it) ->
            workload(it, relabelled(it.stamp(), lineage, 0), it.reading(), it.rolledOut()));
  }

  /** The stamp of the publication before counts as well. */
  static MisreadConsumers ofThePublicationBefore() {
    return new MisreadConsumers(
        (lineage, it) ->
            Optional.of(
                pod(it, it.createdAt(), relabelled(it.stamp(), "", 1), it.reading(), it.over())),
        (lineage, it) -> workload(it, relabelled(it.stamp(), "", 1), it.reading(), it.rolledOut()));
  }

  /** A pod that no stamp reaches is taken for so much younger than it is. */
  static MisreadConsumers youngerBy(Duration span) {
    return podsAlone(it ->
        it.stampable()
            ? Optional.of(it)
            : Optional.of(pod(it, it.createdAt().plus(span), it.stamp(), it.reading(), it.over())));
  }

  /** Whoever reads the Secret only pulls images with it. */
  static MisreadConsumers pulling() {
    return new MisreadConsumers(
        (lineage, it) ->
            Optional.of(pod(it, it.createdAt(), it.stamp(), Reading.PULLED, it.over())),
        (lineage, it) -> workload(it, it.stamp(), Reading.PULLED, it.rolledOut()));
  }

  /** A pod is over as soon as it is told to end. */
  static MisreadConsumers overWhenTold() {
    return podsAlone(it ->
        Optional.of(
            pod(it, it.createdAt(), it.stamp(), it.reading(), it.over() || it.terminating())));
  }

  /** StatefulSets, DaemonSets and their pods are not seen. */
  static MisreadConsumers withoutSets() {
    return new MisreadConsumers(
        (lineage, it) ->
            Optional.of(it)
                .filter(pod -> pod.workload().stream().noneMatch(w -> w.contains("Set"))),
        (lineage, it) -> Optional.of(it).filter(seen -> !seen.ref().display().contains("Set")));
  }

  /** The pods of Jobs are not seen. */
  static MisreadConsumers withoutJobs() {
    return podsAlone(it ->
        Optional.of(it)
            .filter(seen ->
                !seen.hindrance().map(Hindrance::reason).equals(Optional.of(Reason.RunningJob))));
  }

  /** Whoever takes the Secret once is taken for one that mounts it as a file, on a good node. */
  static MisreadConsumers mounting() {
    return podsAlone(it -> Optional.of(it.reading() == Reading.TAKEN ? mounted(it) : it));
  }

  /** Every node has been ready all along. */
  static MisreadConsumers onReadyNodes() {
    return podsAlone(
        it -> Optional.of(onNode(it, it.reading(), it.terminating(), Optional.of(Instant.EPOCH))));
  }

  /** A kubelet renews files until the last container has ended. */
  static MisreadConsumers renewedToTheEnd() {
    return podsAlone(it -> Optional.of(onNode(it, it.reading(), false, it.nodeReadySince())));
  }

  /** Every workload is rolled out at once. */
  static MisreadConsumers rolledOut() {
    return new MisreadConsumers(
        (lineage, it) -> Optional.of(it),
        (lineage, it) -> workload(it, it.stamp(), it.reading(), true));
  }

  private static MisreadConsumers podsAlone(Function<Consumers.Pod, Optional<Consumers.Pod>> pods) {
    return new MisreadConsumers((lineage, it) -> pods.apply(it), (lineage, it) -> Optional.of(it));
  }

  private static Optional<Stamp> relabelled(Optional<Stamp> stamp, String lineage, int later) {
    return stamp.map(
        it -> new Stamp(lineage.isEmpty() ? it.lineage() : lineage, it.publication() + later));
  }

  private static Optional<Consumers.Workload> workload(
      Consumers.Workload it, Optional<Stamp> stamp, Reading reading, boolean rolledOut) {
    return Optional.of(
        new Consumers.Workload(it.ref(), stamp, reading, rolledOut, it.standing(), it.wantsPods()));
  }

  private static Consumers.Pod mounted(Consumers.Pod it) {
    return onNode(it, Reading.MOUNTED, it.terminating(), Optional.of(Instant.EPOCH));
  }

  private static Consumers.Pod onNode(
      Consumers.Pod it, Reading reading, boolean terminating, Optional<Instant> readySince) {
    return new Consumers.Pod(
        it.name(),
        it.uid(),
        it.createdAt(),
        it.stamp(),
        it.workload(),
        reading,
        it.hindrance(),
        it.over(),
        terminating,
        readySince,
        it.readiness(),
        it.holdsUpItsSet(),
        it.outOfService(),
        it.toldByAge());
  }

  private static Consumers.Pod pod(
      Consumers.Pod it, Instant createdAt, Optional<Stamp> stamp, Reading reading, boolean over) {
    return new Consumers.Pod(
        it.name(),
        it.uid(),
        createdAt,
        stamp,
        it.workload(),
        reading,
        it.hindrance(),
        over,
        it.terminating(),
        it.nodeReadySince(),
        it.readiness(),
        it.holdsUpItsSet(),
        it.outOfService(),
        it.toldByAge());
  }
}
