package dev.rekey.simulated;

import dev.rekey.act.AdoptSteps;
import dev.rekey.act.Executor;
import dev.rekey.act.LedgerSteps;
import dev.rekey.act.MintSteps;
import dev.rekey.act.Outcome;
import dev.rekey.act.RevokeSteps;
import dev.rekey.act.RolloutSteps;
import dev.rekey.act.SecretSteps;
import dev.rekey.act.Setbacks;
import dev.rekey.act.SweepSteps;
import dev.rekey.act.VerifySteps;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.consumers.Roster;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.observe.Observer;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Planner;
import dev.rekey.plan.Rules;
import dev.rekey.plan.Step;
import dev.rekey.reconcile.RotationPass;
import dev.rekey.reconcile.Story;
import dev.rekey.rotation.Names;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One process of the operator: all that is Rekey's own, wired as in production. */
final class SimulatedOperator {
  private final RotationPass pass;

  SimulatedOperator(
      SimulatedClock clock,
      SimulatedSecrets cluster,
      SimulatedResources resources,
      SimulatedWorkloads pods,
      SimulatedIssuer issuer,
      Sabotage sabotage,
      List<String> told,
      long seed) {
    var settings = sabotage.settings();
    var secrets = sabotage.secrets().apply(cluster);
    var workloads = sabotage.workloads().apply(pods);
    var issuers = sabotage.issuers().apply(issuer);
    var random = new Random(seed);
    var ledgers =
        new LedgerStore(secrets, cluster.watchedBy(Names.LEDGER_LABEL), SimulatedSecrets.OPERATOR);
    var setbacks = new Setbacks(ledgers, settings, clock);
    this.pass =
        new RotationPass(
            new Observer(
                clock,
                SimulatedResources.CLUSTER,
                resources,
                secrets,
                cluster.watchedBy(Names.TARGET_LABEL),
                ledgers,
                issuers,
                new Roster(workloads)),
            new Planner(
                sabotage.rules().apply(Rules.inOrder(settings, sabotage.gate().apply(settings)))),
            new Executor(
                new LedgerSteps(ledgers, random),
                new AdoptSteps(ledgers, issuers, setbacks),
                new MintSteps(ledgers, issuers, settings, clock, random, setbacks),
                new SweepSteps(ledgers, issuers, settings, setbacks),
                new VerifySteps(ledgers, issuers, clock, setbacks),
                new SecretSteps(ledgers, secrets, settings, clock, setbacks),
                new RolloutSteps(ledgers, workloads, setbacks),
                new RevokeSteps(ledgers, issuers, clock, setbacks)),
            resources,
            new Listening(resources, told),
            settings,
            () -> true);
  }

  Duration pass(ApiKeyRotation resource) {
    return pass.run(resource);
  }

  /** Keeps every word that people could read. */
  private record Listening(SimulatedResources resources, List<String> told) implements Story {
    @Override
    public void done(ApiKeyRotation resource, Plan.Act plan, Outcome.Done outcome) {
      told.add(plan.message());
      told.add(outcome.reason() + ": " + outcome.told());
      if (outcome.warning()) {
        resources.tell(resource, outcome.reason(), outcome.told(), true);
      }
    }

    @Override
    public void overtaken(ApiKeyRotation resource, Plan.Act plan, String by) {
      told.add("not done, since " + by + ": " + plan.message());
    }

    @Override
    public void gone(ApiKeyRotation resource) {}

    @Override
    public void goesRound(ApiKeyRotation resource, Optional<Step> last) {
      throw new AssertionError("a pass found no end of steps, the last was " + last);
    }

    @Override
    public void waits(ApiKeyRotation resource, Plan.Wait wait) {
      told.add("waits, " + wait.reason() + ": " + wait.message());
      wait.troubles().forEach(it -> told.add("beside it, " + it.reason() + ": " + it.message()));
    }
  }
}
