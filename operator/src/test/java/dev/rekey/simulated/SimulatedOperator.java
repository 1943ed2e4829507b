package dev.rekey.simulated;

import dev.rekey.act.AdoptSteps;
import dev.rekey.act.Executor;
import dev.rekey.act.InboxSteps;
import dev.rekey.act.LedgerSteps;
import dev.rekey.act.MintSteps;
import dev.rekey.act.Outcome;
import dev.rekey.act.ResourceSteps;
import dev.rekey.act.RevokeSteps;
import dev.rekey.act.RolloutSteps;
import dev.rekey.act.SecretSteps;
import dev.rekey.act.Setbacks;
import dev.rekey.act.SweepSteps;
import dev.rekey.act.VerifySteps;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.cluster.Events;
import dev.rekey.cluster.Fence;
import dev.rekey.cluster.Inboxes;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Resources;
import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Watched;
import dev.rekey.cluster.Workloads;
import dev.rekey.consumers.RollingNamespaces;
import dev.rekey.consumers.Roster;
import dev.rekey.consumers.Waves;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.ledger.LedgerReader;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.observe.Observer;
import dev.rekey.observe.Turns;
import dev.rekey.observe.Turnstile;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Planner;
import dev.rekey.plan.Rules;
import dev.rekey.plan.Step;
import dev.rekey.reconcile.RotationPass;
import dev.rekey.reconcile.Story;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One process of the operator: all that is Rekey's own, wired as in production. */
final class SimulatedOperator {
  /** What the other rotations of the process have said; a test speaks for them. */
  final Waves waves = new Waves();

  private final RotationPass pass;

  /**
   * What a process sees of the world.
   *
   * @param clock its clock
   * @param secrets Secrets on the API server
   * @param ledgers its cache of ledgers
   * @param targets its cache of target Secrets
   * @param brought its cache of inboxes
   * @param inboxes inboxes on the API server
   * @param resources resources on the API server
   * @param events where it tells Events
   * @param workloads workloads on the API server
   * @param pods its watches of pods
   * @param issuers the issuers
   * @param told every word that people could read
   * @param mayWork whether it leads, by its own belief
   * @param watching may look at what its rules say
   * @param turns what its turns are like, given those of production
   * @param reader reads ledgers
   * @param seed of its random names
   */
  record Wiring(
      InstantSource clock,
      Secrets secrets,
      Watched<Secret> ledgers,
      Watched<Secret> targets,
      Watched<Secret> brought,
      Inboxes inboxes,
      Resources resources,
      Events events,
      Workloads workloads,
      PodWatches pods,
      IssuerDirectory issuers,
      Consumer<String> told,
      BooleanSupplier mayWork,
      UnaryOperator<List<Rules.Named>> watching,
      UnaryOperator<Turns> turns,
      LedgerReader reader,
      long seed) {}

  SimulatedOperator(Wiring world, Sabotage sabotage) {
    var settings = sabotage.settings();
    var mayWork = sabotage.leads().apply(world.mayWork());
    var fence = new Fence(mayWork);
    var clock = world.clock();
    var secrets = fence.around(sabotage.secrets().apply(world.secrets()));
    var workloads = fence.around(sabotage.workloads().apply(world.workloads()));
    var resources = fence.around(world.resources());
    var events = fence.around(world.events());
    var issuers = sabotage.issuers().apply(world.issuers());
    var random = new Random(world.seed());
    var ledgers =
        new LedgerStore(secrets, world.ledgers(), SimulatedSecrets.OPERATOR, world.reader());
    var rolling =
        new RollingNamespaces(
            workloads, NoRollouts.ANY, Optional::empty, world.pods(), clock, settings.look());
    var setbacks = new Setbacks(ledgers, settings, clock);
    var turns =
        world.turns().apply(new Turnstile(settings, () -> ledgers.cached().rotations(), _ -> {}));
    this.pass =
        new RotationPass(
            new Observer(
                clock,
                SimulatedResources.CLUSTER,
                resources,
                secrets,
                world.targets(),
                world.brought(),
                ledgers,
                issuers,
                new Roster(workloads, NoRollouts.ANY, Optional::empty, rolling),
                turns,
                waves),
            new Planner(
                world
                    .watching()
                    .apply(
                        sabotage
                            .rules()
                            .apply(Rules.inOrder(settings, sabotage.gate().apply(settings))))),
            turns,
            new Executor(
                new LedgerSteps(ledgers, random),
                new AdoptSteps(ledgers, issuers, setbacks),
                new MintSteps(
                    ledgers, issuers, it -> Optional.empty(), settings, clock, random, setbacks),
                new SweepSteps(ledgers, issuers, settings, clock, setbacks),
                new VerifySteps(ledgers, issuers, clock, setbacks),
                new InboxSteps(ledgers, fence.around(world.inboxes()), issuers, clock, setbacks),
                new SecretSteps(ledgers, secrets, settings, clock, setbacks),
                new RolloutSteps(ledgers, workloads, NoRollouts.ANY, rolling, setbacks),
                new RevokeSteps(ledgers, issuers, settings, clock, setbacks),
                new ResourceSteps(resources)),
            resources,
            new Listening(events, world.told()),
            settings,
            waves,
            mayWork);
  }

  Duration pass(ApiKeyRotation resource) {
    return pass.run(resource);
  }

  /** Keeps every word that people could read. */
  private record Listening(Events events, Consumer<String> told) implements Story {
    @Override
    public void done(ApiKeyRotation resource, Plan.Act plan, Outcome.Done outcome) {
      told.accept(plan.message());
      told.accept(outcome.reason() + ": " + outcome.told());
      if (outcome.warning()) {
        events.tell(resource, outcome.reason(), outcome.told(), true);
      }
    }

    @Override
    public void changed(ApiKeyRotation resource, Plan.Act plan, Outcome.Changed outcome) {
      told.accept(plan.message());
    }

    @Override
    public void overtaken(ApiKeyRotation resource, Plan.Act plan, String by) {
      told.accept("not done, since " + by + ": " + plan.message());
    }

    @Override
    public void gone(ApiKeyRotation resource) {}

    @Override
    public void goesRound(ApiKeyRotation resource, Optional<Step> last) {
      throw new AssertionError("a pass found no end of steps, the last was " + last);
    }

    @Override
    public void waits(ApiKeyRotation resource, Plan.Wait wait) {
      told.accept("waits, " + wait.reason() + ": " + wait.message());
      wait.troubles().forEach(it -> told.accept("beside it, " + it.reason() + ": " + it.message()));
    }
  }
}
