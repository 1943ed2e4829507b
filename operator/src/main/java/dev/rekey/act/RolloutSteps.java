package dev.rekey.act;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Rollouts;
import dev.rekey.cluster.Workloads;
import dev.rekey.consumers.RollingNamespaces;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.Warning;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Restarting workloads, and noting how far their pods are. */
public final class RolloutSteps {
  /** With so many stamps before it, the next one is the third to be taken away. */
  private static final int CONTESTED = 2;

  private final LedgerStore ledgers;
  private final Workloads workloads;
  private final Rollouts rollouts;
  private final RollingNamespaces rolling;
  private final Setbacks setbacks;

  /**
   * Steps on {@code ledgers}, {@code workloads} and {@code rollouts}.
   *
   * @param rolling where what a workload has become is kept for the next look
   */
  public RolloutSteps(
      LedgerStore ledgers,
      Workloads workloads,
      Rollouts rollouts,
      RollingNamespaces rolling,
      Setbacks setbacks) {
    this.rollouts = rollouts;
    this.ledgers = ledgers;
    this.workloads = workloads;
    this.rolling = rolling;
    this.setbacks = setbacks;
  }

  /** Puts the stamps on the template, if the workload is still as it was seen. */
  Outcome stamp(
      Doing doing, WorkloadRef workload, Stamp stamp, Map<String, Stamp> beside, Plan.Act plan) {
    var annotations = new TreeMap<String, String>();
    beside.forEach((secret, its) -> annotations.put(Names.stamp(secret), its.toString()));
    annotations.put(Names.stamp(doing.rotation().binding().secret()), stamp.toString());
    try {
      annotate(doing, workload, annotations);
      // Who finds it without the stamp soon after, finds somebody who takes stamps away, and does
      // not restart it for that again and again.
      return done(
          doing,
          Verb.STAMP,
          workload.display(),
          Fault.of(
              isContested(doing, workload) ? Reason.StampContested : Reason.ConsumersStuck,
              workload.display()
                  + " was given a stamp and does not carry it any more. Find out who else"
                  + " writes its template, and have annotations of rekey.dev left alone."),
          plan);
    } catch (ClusterException.NotFound gone) {
      return new Outcome.Overtaken(gone.getMessage());
    } catch (ClusterException.Refused refused) {
      return setbacks.note(
          doing,
          Verb.STAMP,
          workload.display(),
          Fault.of(
              Reason.ConsumersStuck,
              workload.display() + " could not be restarted: " + refused.getMessage()));
    }
  }

  private void annotate(Doing doing, WorkloadRef workload, Map<String, String> annotations) {
    try {
      rolling.written(
          doing.namespace(), workloads.annotateTemplate(doing.namespace(), workload, annotations));
    } catch (ClusterException problem) {
      // whatever it was: how the workload is now is not known
      rolling.doubted(doing.namespace(), workload.uid());
      throw problem;
    }
  }

  /** Tells the Rollout to restart, if it is still as it was seen. */
  Outcome restart(Doing doing, WorkloadRef rollout, Instant at, Plan.Act plan) {
    try {
      tell(doing, rollout, at);
      // as with a stamp: who takes the time away makes the next one rarer
      return done(
          doing,
          Verb.STAMP,
          rollout.display(),
          Fault.of(
              isContested(doing, rollout) ? Reason.StampContested : Reason.ConsumersStuck,
              rollout.display()
                  + " was told to restart and does not say so any more. Find out who else"
                  + " writes its spec.restartAt, and have that field left alone."),
          plan);
    } catch (ClusterException.NotFound gone) {
      return new Outcome.Overtaken(gone.getMessage());
    } catch (ClusterException.Refused refused) {
      return setbacks.note(
          doing,
          Verb.STAMP,
          rollout.display(),
          Fault.of(
              Reason.ConsumersStuck,
              rollout.display()
                  + " could not be restarted: "
                  + refused.getMessage()
                  + ". Let Rekey patch rollouts.argoproj.io, or restart it by hand."));
    }
  }

  private void tell(Doing doing, WorkloadRef rollout, Instant at) {
    try {
      rolling.restarted(doing.namespace(), rollouts.restart(doing.namespace(), rollout, at));
    } catch (ClusterException problem) {
      rolling.doubted(doing.namespace(), rollout.uid());
      throw problem;
    }
  }

  /** Whether the stamp that it is given now is not the first that was taken away. */
  private static boolean isContested(Doing doing, WorkloadRef workload) {
    return doing.rotation().failure(Verb.STAMP, workload.display()).stream()
        .anyMatch(it -> it.count() >= CONTESTED);
  }

  /** Deletes the pod of this UID; its controller makes another one. */
  Outcome deletePod(Doing doing, String name, String uid, Plan.Act plan) {
    try {
      workloads.deletePod(doing.namespace(), name, uid);
      // Who finds another one in its place that is as it was, finds a controller that goes on with
      // the template before, and does not delete one after the other for that.
      return done(
          doing,
          Verb.DELETE_POD,
          name,
          Fault.of(
              Reason.ConsumersStuck,
              "pod "
                  + name
                  + " was deleted, since it was not ready on the key that was taken back, and"
                  + " was made again with that key's stamp. Look at its StatefulSet."),
          plan);
    } catch (ClusterException.NotFound gone) {
      return new Outcome.Overtaken(gone.getMessage());
    } catch (ClusterException.Refused refused) {
      return setbacks.note(
          doing,
          Verb.DELETE_POD,
          name,
          Fault.of(
              Reason.ConsumersStuck,
              "pod "
                  + name
                  + " is not ready on the key that was taken back, and its StatefulSet replaces no"
                  + " pod before it is. Rekey could not delete it: "
                  + refused.getMessage()
                  + ". Delete it by hand, or let Rekey delete pods."));
    }
  }

  /**
   * It is done, and noted as if it had failed.
   *
   * @param undone what is said where that is found undone
   */
  private Outcome done(Doing doing, Verb verb, String subject, Fault undone, Plan.Act plan) {
    var noted = setbacks.with(doing.rotation(), doing.seen(), verb, subject, undone);
    var written = ledgers.replace(doing.ledger(), noted);
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  Outcome warn(Doing doing, List<Warning> warnings, Plan.Act plan) {
    var foreseen = doing.foreseeing(warnings);
    var written =
        ledgers.replace(doing.ledger(), doing.rotation().run(it -> it.foreseeing(foreseen)));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  Outcome noteHealth(Doing doing, List<String> well, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().run(it -> it.wellBefore(well)));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  Outcome noteProgress(Doing doing, Run.Progress progress, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().progressed(progress));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }
}
