package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.api.v1alpha1.Rollout;
import dev.rekey.cluster.Workloads;
import dev.rekey.config.Settings;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.issuer.MintRequest;
import dev.rekey.issuer.Trick;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Verdict;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * A check that never fires proves nothing: here each of them does, on an operator with which
 * something is wrong. Where Rekey guards a promise twice, one guard alone is taken away first.
 */
class SabotageTest {
  private static final Duration LONG = Duration.ofMinutes(40);

  @Nested
  class TheGate {
    @Test
    void aloneKeepsTheOldKeyWhereNoRuleWaits() {
      var world = dueWith(Sabotage.none().without("waitForConsumers", "soak"));
      world.workloads.terminatingStay(true);

      world.run(LONG);

      assertThat(world.issuer.deleteAsked()).isEmpty();
      world.assertPromisesKept();
    }

    @Test
    void isNotNeededWhereTheRulesWait() {
      var world = dueWith(Sabotage.none().openGate());
      world.workloads.terminatingStay(true);

      world.run(LONG);

      assertThat(world.issuer.deleteAsked()).isEmpty();
      world.assertPromisesKept();
    }

    @Test
    void takenAwayWithTheRulesIsNoticedAlthoughTheDeleteStillWaits() {
      var world = dueWith(Sabotage.none().openGate().without("waitForConsumers", "soak"));
      world.workloads.terminatingStay(true);

      world.run(LONG);

      assertBroken(world, "2: a key is condemned before the soak is over");
      assertThat(world.issuer.deleteAsked()).isEmpty();
    }

    @Test
    void takenAwayWithTheSoakCondemnsTooEarly() {
      var world = dueWith(Sabotage.none().openGate().without("soak"));

      world.run(LONG);

      assertBroken(world, "2: a key is condemned before the soak is over");
    }

    @Test
    void takenAwayWithTheLastLookCondemnsBlindly() {
      var world = dueWith(Sabotage.none().openGate().without("verifyAgain"));

      world.run(LONG);

      assertBroken(world, "2: a key is condemned without a fresh look at the one that replaces it");
    }
  }

  @Test
  void aTerminatingPodThatIsNotCountedIsNoticed() {
    var world =
        dueWith(
            Sabotage.none()
                .workloads(all ->
                    new SomePods(all, it -> it.getMetadata().getDeletionTimestamp() == null)));
    world.workloads.terminatingStay(true);

    world.run(LONG);

    assertBroken(world, "1: a live pod holds a key that was asked to be deleted");
  }

  @Test
  void aRestartBeforeTheSecretHasSettledIsNoticed() {
    var world = Simulation.due();
    var spec = Simulation.spec();
    world.resources.edit(
        Simulation.NAME,
        new ApiKeyRotationSpec(
            spec.issuerRef(),
            spec.secret(),
            null,
            spec.schedule(),
            new Rollout("0s", "15m", "10m")));

    world.run(LONG);

    assertBroken(world, "2: a workload is restarted before the Secret has settled");
    assertBroken(world, "1: a live pod holds a key that was asked to be deleted");
  }

  @Test
  void aKeyThatWasTriedOnceIsNoticed() {
    var standard = Settings.standard();
    var world =
        dueWith(
            Sabotage.none()
                .with(
                    new Settings(
                        1,
                        standard.verifyPause(),
                        standard.verifyDeadline(),
                        standard.freshness(),
                        standard.lateness(),
                        standard.sweeps(),
                        standard.clockDoubt(),
                        standard.look(),
                        standard.heldLook(),
                        standard.cacheLag(),
                        standard.unverifiedSoak(),
                        standard.backoff(),
                        standard.backoffCeiling(),
                        standard.idleLook(),
                        standard.rollbackPause(),
                        standard.deletionDeadline(),
                        standard.kubeletRefresh(),
                        standard.rolloutsAtOnce(),
                        standard.wave())));

    world.run(LONG);

    assertBroken(world, "2: a key is published that was not accepted three times");
  }

  @Test
  void aDeleteOfAKeyThatIsNotCondemnedIsNoticed() {
    var world =
        dueWith(
            Sabotage.none()
                .issuers(it ->
                    new Meddling(it) {
                      @Override
                      public Verdict verify(Key key) {
                        real().delete(oldKey(key));
                        return real().verify(key);
                      }
                    }));

    world.run(LONG);

    assertBroken(world, "4: a key is deleted that the ledger does not show as condemned");
    assertBroken(world, "1: a live pod holds a key that was asked to be deleted");
  }

  @Test
  void aMintThatIsRepeatedIsNoticed() {
    var world =
        dueWith(
            Sabotage.none()
                .issuers(it ->
                    new Meddling(it) {
                      @Override
                      public MintResult mint(MintRequest request) {
                        var _ = real().mint(request);
                        return real().mint(request);
                      }
                    }));

    world.run(LONG);

    assertBroken(world, "3: an attempt is sent twice");
    assertThat(world.leftOver()).contains("3: the issuer has 2 live keys");
  }

  @Test
  void aMintWithoutAnAttemptIsNoticed() {
    var world =
        dueWith(
            Sabotage.none()
                .issuers(it ->
                    new Meddling(it) {
                      @Override
                      public MintResult mint(MintRequest request) {
                        return real()
                            .mint(
                                new MintRequest(
                                    request.attempt(),
                                    "any label",
                                    request.namespace(),
                                    request.name()));
                      }
                    }));

    world.run(LONG);

    assertBroken(world, "3: a key is minted without an attempt in the ledger");
  }

  @Test
  void aLostKeyThatNobodySearchesForIsNoticed() {
    var world = dueWith(Sabotage.none().without("sweepLostAttempt"));
    world.issuer.fake().next(Trick.MINT_ANSWER_LOST);

    world.run(LONG);

    assertThat(world.leftOver()).contains("3: the issuer has 2 live keys");
  }

  @Test
  void aLedgerWrittenWithoutComparingIsNoticed() {
    var world = dueWith(Sabotage.none().secrets(ForwardingSecrets.WithoutVersions::new));
    // Another process that does not compare either works on what it saw before this one began.
    var earlier = world.secrets.cache();
    world.run(Duration.ofSeconds(30));
    assertThat(world.ledger().run()).isPresent();

    world.restartOn(earlier);
    world.run(Duration.ofMinutes(1));

    assertThat(world.brokenPromises().size() + world.leftOver().size()).isPositive();
  }

  @Test
  void aValueInAMessageIsNoticed() {
    var world =
        dueWith(
            Sabotage.none()
                .issuers(it ->
                    new Meddling(it) {
                      @Override
                      public Verdict verify(Key key) {
                        return new Verdict.Unknown(
                            Fault.of(
                                Reason.IssuerFailed,
                                "no answer for "
                                    + key.fields().values().iterator().next().reveal()));
                      }
                    }));

    world.run(Duration.ofMinutes(1));

    assertBroken(world, "6: a key's value is told");
  }

  @Test
  void anAccountThatIsOverfilledIsNoticed() {
    var world = Simulation.due();
    world.issuer.quota(1);
    world.sabotage(
        Sabotage.none()
            .issuers(it ->
                new Meddling(it) {
                  @Override
                  public Capabilities capabilities() {
                    return Capabilities.labelled(
                        true, Optional.empty(), OptionalInt.empty(), Duration.ofSeconds(10));
                  }
                }));

    world.run(LONG);

    assertBroken(world, "3: the account holds more keys than its quota");
  }

  private static Simulation dueWith(Sabotage sabotage) {
    var world = Simulation.due();
    world.sabotage(sabotage);
    return world;
  }

  private static void assertBroken(Simulation world, String promise) {
    assertThat(world.brokenPromises()).contains(promise);
  }

  /** Sees only some of the pods. */
  private record SomePods(Workloads all, Predicate<Pod> seen) implements Workloads {
    @Override
    public List<Deployment> deployments(String namespace) {
      return all.deployments(namespace);
    }

    @Override
    public List<StatefulSet> statefulSets(String namespace) {
      return all.statefulSets(namespace);
    }

    @Override
    public List<DaemonSet> daemonSets(String namespace) {
      return all.daemonSets(namespace);
    }

    @Override
    public List<CronJob> cronJobs(String namespace) {
      return all.cronJobs(namespace);
    }

    @Override
    public List<ReplicaSet> replicaSets(String namespace) {
      return all.replicaSets(namespace);
    }

    @Override
    public List<Pod> pods(String namespace) {
      return all.pods(namespace).stream().filter(seen).toList();
    }

    @Override
    public Optional<ReplicaSet> replicaSet(String namespace, String name) {
      return all.replicaSet(namespace, name);
    }

    @Override
    public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
      return all.workload(kind, namespace, name);
    }

    @Override
    public Optional<Node> node(String name) {
      return all.node(name);
    }

    @Override
    public HasMetadata annotateTemplate(
        String namespace, WorkloadRef workload, Map<String, String> annotations) {
      return all.annotateTemplate(namespace, workload, annotations);
    }

    @Override
    public void deletePod(String namespace, String name, String uid) {
      all.deletePod(namespace, name, uid);
    }
  }

  /** Stands between Rekey and the issuer. */
  private abstract static class Meddling implements IssuerDirectory, Issuer {
    private final IssuerDirectory directory;

    Meddling(IssuerDirectory directory) {
      this.directory = directory;
    }

    Issuer real() {
      return directory.open(SimulatedIssuer.BINDING).orElseThrow();
    }

    /** The key that the one from the issuer's list before {@code next} is. */
    Key oldKey(Key next) {
      return new Key(
          "old",
          Optional.of("1"),
          next.role(),
          next.fields(),
          next.hint(),
          next.issuedAt(),
          next.expiresAt(),
          next.label(),
          next.issuer(),
          next.lastPublication(),
          next.checks());
    }

    @Override
    public IssuerView view(String namespace, IssuerRef ref) {
      return new IssuerView.Usable(SimulatedIssuer.BINDING, capabilities());
    }

    @Override
    public IssuerView view(IssuerBinding binding) {
      return new IssuerView.Usable(SimulatedIssuer.BINDING, capabilities());
    }

    @Override
    public Optional<Issuer> open(IssuerBinding binding) {
      return Optional.of(this);
    }

    @Override
    public Capabilities capabilities() {
      return real().capabilities();
    }

    @Override
    public MintResult mint(MintRequest request) {
      return real().mint(request);
    }

    @Override
    public Verdict verify(Key key) {
      return real().verify(key);
    }

    @Override
    public Listing list() {
      return real().list();
    }

    @Override
    public DeleteResult delete(Key key) {
      return real().delete(key);
    }
  }
}
