package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Workloads;
import dev.rekey.config.Settings;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.issuer.MintRequest;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Rule;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.plan.Rules;
import dev.rekey.plan.Step;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Verdict;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The checkers are checked: an operator in which one thing is wrong breaks the promise that one
 * would expect, within three thousand lives.
 */
class SabotagedLivesTest {
  private static final long FIRST = 4_000_000;
  private static final int LIVES = 3_000;

  /** What is wrong, and which promise that breaks. */
  private record Wrong(String name, String promise, Sabotage sabotage) {}

  @TestFactory
  Stream<DynamicTest> whateverIsWrongIsNoticed() {
    return wrongs().map(it -> DynamicTest.dynamicTest(it.name(), () -> isNoticed(it)));
  }

  private static void isNoticed(Wrong wrong) {
    var seen = new HashSet<String>();
    for (long seed = FIRST; seed < FIRST + LIVES; seed++) {
      var broken =
          Schedule.live(seed, wrong.sabotage(), new Coverage(), Chronicle.unread()).broken();
      if (broken.stream().anyMatch(it -> it.startsWith(wrong.promise()))) {
        return;
      }
      seen.addAll(broken);
    }
    assertThat(seen).as(wrong.name()).anySatisfy(it -> assertThat(it).startsWith(wrong.promise()));
  }

  private static Stream<Wrong> wrongs() {
    var none = Sabotage.none();
    var standard = Settings.standard();
    return Stream.of(
        new Wrong(
            "delete before the gate",
            "2: the gate is open for the old key although a live pod holds it",
            none.openGate()),
        new Wrong(
            "no wait for consumers and no gate",
            "2: ",
            none.openGate().without("waitForConsumers", "soak", "verifyAgain")),
        new Wrong(
            "reap by label without the ledger",
            "4: a key is deleted that the ledger does not show as condemned",
            none.issuers(Reaping::new)),
        new Wrong(
            "cached instead of live ledger",
            "4: what cannot be undone is decided on a ledger that was not read live",
            none.secrets(Remembering::new)),
        new Wrong(
            "no settle",
            "2: a workload is restarted before the Secret has settled",
            none.without("settle")),
        new Wrong(
            "sequence instead of lineage stamps",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.ofAnyLineage().in(none)),
        new Wrong(
            "intent after the mint",
            "3: a key is minted without an attempt in the ledger",
            none.secrets(ForgettingAttempts::new)),
        new Wrong(
            "no notAfter",
            "3: an attempt is waited for without end",
            none.with(Patience.lateness(standard, Duration.ofDays(1)))),
        new Wrong(
            "forget on the first 404",
            "3: a key is forgotten that still works",
            none.issuers(Trusting::new)),
        new Wrong(
            "verify once",
            "2: a key is published that was not accepted three times",
            none.with(Patience.acceptedInARow(standard, 1))),
        new Wrong(
            "rollback after condemn",
            "5: a condemned key is put into the Secret",
            none.rules(SabotagedLivesTest::rollBackLate)),
        new Wrong(
            "repair below the waits",
            "5: a Secret that somebody changed is not repaired at once",
            none.rules(SabotagedLivesTest::repairLast)),
        new Wrong(
            "backoff above repair",
            "5: a Secret that somebody changed is not repaired at once",
            none.rules(SabotagedLivesTest::backOffFirst)),
        new Wrong(
            "a revert of the Secret that does not renew what pods must show",
            "2: the gate is open for the old key although a live pod holds it",
            none.rules(all -> all.stream().map(SabotagedLivesTest::rewritten).toList())),
        new Wrong(
            "a write without comparing",
            "7: a Secret is written without comparing what is replaced",
            none.secrets(ForwardingSecrets.WithoutVersions::new)),
        new Wrong(
            "the stamp of the publication before is enough",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.ofThePublicationBefore().in(none)),
        new Wrong(
            "a pod that no stamp reaches is taken for a young one",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.youngerBy(Duration.ofDays(1)).in(none)),
        new Wrong(
            "a condemnation without its evidence",
            "7: a key goes out of use, and the ledger does not keep on what evidence",
            none.secrets(ForgettingEvidence::new)),
        new Wrong(
            "a pod counts as moved that started before the Secret had settled",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.youngerBy(Duration.ofMinutes(2)).in(none)),
        new Wrong(
            "whoever reads the Secret only pulls images",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.pulling().in(none)),
        new Wrong(
            "a pod is over as soon as it is told to end",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.overWhenTold().in(none)),
        new Wrong(
            "StatefulSets and DaemonSets do not count",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.withoutSets().in(none)),
        new Wrong(
            "pods of Jobs do not count",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.withoutJobs().in(none)),
        new Wrong(
            "a mounted file counts as renewed at once",
            "2: the gate is open for the old key although a live pod holds it",
            none.with(Patience.kubeletRefresh(standard, Duration.ZERO))),
        new Wrong(
            "a file counts as renewed by a kubelet that was away",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.onReadyNodes().in(none)),
        new Wrong(
            "the file of a pod that ends counts as renewed",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.renewedToTheEnd().in(none)),
        new Wrong(
            "a variable counts as a file",
            "2: the gate is open for the old key although a live pod holds it",
            MisreadConsumers.mounting().in(none)),
        new Wrong(
            "workloads are not waited for",
            "2: the gate is open for the old key although a workload is not rolled out",
            MisreadConsumers.rolledOut().in(none)),
        new Wrong(
            "terminating pods do not count",
            "2: the gate is open for the old key although a live pod holds it",
            none.workloads(WithoutTerminating::new)),
        new Wrong(
            "the quota is not asked for",
            "3: a key is asked for beyond the issuer's quota",
            none.issuers(Boundless::new)),
        new Wrong("a value is told", "6: a key's value is told", none.issuers(Talking::new)),
        new Wrong(
            "a lost lease is not noticed",
            "7: a process that does not lead changes something",
            none.alwaysLeads()),
        new Wrong(
            "lost attempts are not searched for",
            "3: an attempt is unsettled",
            none.without("sweepLostAttempt")),
        new Wrong(
            "an issuer that fails is asked at once again",
            "5: an issuer is asked for keys without a pause",
            none.with(Patience.backoff(standard, Duration.ofMillis(200)))),
        new Wrong(
            "a mint is repeated", "3: an attempt is sent twice", none.issuers(Repeating::new)),
        new Wrong(
            "suspension is not heard",
            "2: something is done for a resource that is suspended",
            none.without("holdWhenSuspended")),
        new Wrong(
            "revoke-now is not heard",
            "1: a key that a person has named in revoke-now is not condemned",
            none.without("revokeNowWhenNamed")),
        new Wrong(
            "a resource is not held while keys are unfinished",
            "3: a resource goes while a key of it is unfinished",
            none.without("guardWhileUnfinished")),
        new Wrong(
            "an expired key is not called one",
            "9: a key has expired, and no condition says so",
            none.without("sayWhenExpired")),
        new Wrong(
            "a leak is not heard",
            "5: a new key is published that is known to have leaked",
            none.without("hurryWhenLeaked")),
        new Wrong(
            "a key that never works is waited for",
            "2: the rotation is not over",
            none.without("abandonNext")),
        new Wrong(
            "a rotation begins for a resource that is being deleted",
            "3: something new is begun for a resource that is being deleted",
            none.without("finishDeletion", "beginNothingWhenDeleted")),
        new Wrong(
            "other ledgers are not looked at",
            "4: a key of somebody else is deleted",
            none.secrets(WithoutOthers::new)));
  }

  // what is wrong with rules

  /** Once for each key. */
  private static List<Rules.Named> rollBackLate(List<Rules.Named> all) {
    var tried = new HashSet<String>();
    Rule late =
        seen ->
            !(seen.ledger() instanceof Ledger.Held held)
                ? Rule.pass()
                : held.rotation().keys(Role.CONDEMNED).stream()
                    .filter(it -> it.lastPublication().isPresent() && !it.fields().isEmpty())
                    .filter(it -> it.checks().deleteAskedAt().isPresent())
                    .filter(it -> held.rotation().run().isPresent())
                    // what a cache says is decided once more
                    .filter(it -> seen.live() ? tried.add(it.name()) : !tried.contains(it.name()))
                    .findFirst()
                    .map(
                        it -> Rule.act(new Step.Publish(it.name()), Reason.RollingBack, "too late"))
                    .orElse(Rule.pass());
    // the Secret is not written with a condemned key either, so that has to go as well
    Rule written =
        seen ->
            seen.ledger() instanceof Ledger.Held held
                    && held.rotation().publication().flatMap(Publication::writtenAt).isEmpty()
                    && held.rotation()
                        .publication()
                        .flatMap(it -> held.rotation().key(it.keyName()))
                        .map(it -> it.role() == Role.CONDEMNED)
                        .orElse(false)
                ? Rule.act(new Step.WriteSecret(), Reason.RollingBack, "too late")
                : Rule.pass();
    var others = new ArrayList<>(all);
    others.add(index(all, "deleteWhenCondemned"), new Rules.Named("rollBackOnce", late));
    others.add(
        index(others, "writeSecretWhenDecided"),
        new Rules.Named("writeSecretWhenDecided", written));
    return others;
  }

  private static List<Rules.Named> repairLast(List<Rules.Named> all) {
    var others = new ArrayList<>(all);
    var repair = others.remove(index(all, "republishWhenSecretDrifted"));
    others.add(index(others, "condemn"), repair);
    return others;
  }

  private static List<Rules.Named> backOffFirst(List<Rules.Named> all) {
    Rule pause =
        seen ->
            seen.ledger() instanceof Ledger.Held held
                ? held.rotation().failures().stream()
                    .filter(it -> it.notBefore().isAfter(seen.now()))
                    .findFirst()
                    .map(it -> Rule.wait(it.notBefore(), it.reason(), it.message()))
                    .orElse(Rule.pass())
                : Rule.pass();
    var others = new ArrayList<>(all);
    others.add(
        index(all, "republishWhenSecretDrifted"),
        new Rules.Named("republishWhenSecretDrifted", pause));
    return others;
  }

  /** The same publication is written once more, under the same number. */
  private static Rules.Named rewritten(Rules.Named named) {
    return new Rules.Named(
        named.name(),
        seen ->
            named.rule().apply(seen)
                    instanceof Answer.Decides(Plan.Act(Step.Republish step, var reason, var told))
                ? Rule.act(new Step.WriteSecret(), reason, told)
                : named.rule().apply(seen));
  }

  private static int index(List<Rules.Named> all, String name) {
    return all.stream().map(Rules.Named::name).toList().indexOf(name);
  }

  // what is wrong with Secrets

  /** Lists nobody's ledgers. */
  private static final class WithoutOthers extends ForwardingSecrets {
    private WithoutOthers(Secrets real) {
      super(real);
    }

    @Override
    public List<Secret> list(String namespace, String label) {
      return List.of();
    }
  }

  /** Shows what it showed the time before. */
  private static final class Remembering extends ForwardingSecrets {
    private final Map<String, Optional<Secret>> before = new HashMap<>();
    private int reads;

    private Remembering(Secrets real) {
      super(real);
    }

    @Override
    public Optional<Secret> get(String namespace, String name) {
      var known = before.get(namespace + "/" + name);
      if (known != null && ++reads % 2 == 0) {
        return known;
      }
      var found = super.get(namespace, name);
      before.put(namespace + "/" + name, found);
      return found;
    }

    @Override
    public Secret create(Secret secret) {
      return kept(super.create(secret));
    }

    @Override
    public Secret replace(Secret secret) {
      return kept(super.replace(secret));
    }

    private Secret kept(Secret secret) {
      var meta = secret.getMetadata();
      before.put(meta.getNamespace() + "/" + meta.getName(), Optional.of(secret));
      return secret;
    }
  }

  /** Does not store a ledger with an open attempt in it. */
  private static final class ForgettingAttempts extends ForwardingSecrets {
    private ForgettingAttempts(Secrets real) {
      super(real);
    }

    @Override
    public Secret replace(Secret secret) {
      var ledger = Optional.ofNullable(secret.getData()).map(it -> it.get("ledger.json"));
      return ledger.map(ForgettingAttempts::text).orElse("").contains("\"OPEN\"")
          ? secret
          : super.replace(secret);
    }

    private static String text(String base64) {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
  }

  private static final class ForgettingEvidence extends ForwardingSecrets {
    private ForgettingEvidence(Secrets real) {
      super(real);
    }

    @Override
    public Secret replace(Secret secret) {
      var ledger = Optional.ofNullable(secret.getData()).map(it -> it.get("ledger.json"));
      return super.replace(
          ledger
              .map(ForgettingAttempts::text)
              .map(it -> it.replaceAll("\"evidence\":\\{.*?\\]\\}", "\"evidence\":null"))
              .map(it ->
                  new SecretBuilder(secret)
                      .addToData(
                          "ledger.json",
                          Base64.getEncoder().encodeToString(it.getBytes(StandardCharsets.UTF_8)))
                      .build())
              .orElse(secret));
    }
  }

  // what is wrong with workloads

  private record WithoutTerminating(Workloads real) implements Workloads {
    @Override
    public List<Deployment> deployments(String namespace) {
      return real.deployments(namespace);
    }

    @Override
    public List<StatefulSet> statefulSets(String namespace) {
      return real.statefulSets(namespace);
    }

    @Override
    public List<DaemonSet> daemonSets(String namespace) {
      return real.daemonSets(namespace);
    }

    @Override
    public List<CronJob> cronJobs(String namespace) {
      return real.cronJobs(namespace);
    }

    @Override
    public List<ReplicaSet> replicaSets(String namespace) {
      return real.replicaSets(namespace);
    }

    @Override
    public List<Pod> pods(String namespace) {
      return real.pods(namespace).stream()
          .filter(it -> it.getMetadata().getDeletionTimestamp() == null)
          .toList();
    }

    @Override
    public Optional<ReplicaSet> replicaSet(String namespace, String name) {
      return real.replicaSet(namespace, name);
    }

    @Override
    public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
      return real.workload(kind, namespace, name);
    }

    @Override
    public Optional<Node> node(String name) {
      return real.node(name);
    }

    @Override
    public HasMetadata annotateTemplate(
        String namespace, WorkloadRef workload, Map<String, String> annotations) {
      return real.annotateTemplate(namespace, workload, annotations);
    }

    @Override
    public void deletePod(String namespace, String name, String uid) {
      real.deletePod(namespace, name, uid);
    }
  }

  // what is wrong with issuers

  /** Stands between Rekey and its issuers. */
  private abstract static class Meddling implements IssuerDirectory {
    private final IssuerDirectory directory;

    Meddling(IssuerDirectory directory) {
      this.directory = directory;
    }

    /** What stands in the place of {@code real}. */
    abstract Issuer instead(Issuer real);

    @Override
    public IssuerView view(String namespace, IssuerRef ref) {
      return seen(directory.view(namespace, ref));
    }

    @Override
    public IssuerView view(IssuerBinding binding) {
      return seen(directory.view(binding));
    }

    IssuerView seen(IssuerView view) {
      return view;
    }

    @Override
    public Optional<Issuer> open(IssuerBinding binding) {
      return directory.open(binding).map(this::instead);
    }
  }

  /** Passes everything on. */
  private static class Passing implements Issuer {
    final Issuer real;

    Passing(Issuer real) {
      this.real = real;
    }

    @Override
    public Capabilities capabilities() {
      return real.capabilities();
    }

    @Override
    public MintResult mint(MintRequest request) {
      return real.mint(request);
    }

    @Override
    public Verdict verify(Key key) {
      return real.verify(key);
    }

    @Override
    public Listing list() {
      return real.list();
    }

    @Override
    public DeleteResult delete(Key key) {
      return real.delete(key);
    }
  }

  /** Deletes every key with a label of Rekey's but the one that it is asked about. */
  private static final class Reaping extends Meddling {
    Reaping(IssuerDirectory directory) {
      super(directory);
    }

    @Override
    Issuer instead(Issuer real) {
      return new Passing(real) {
        @Override
        public Verdict verify(Key key) {
          if (real.list() instanceof Listing.Listed(var keys, var _)) {
            keys.stream()
                .filter(
                    it -> it.label().startsWith("rk-") && !key.id().equals(Optional.of(it.id())))
                .forEach(it -> {
                  var _ = real.delete(withId(key, it.id()));
                });
          }
          return real.verify(key);
        }
      };
    }
  }

  private static Key withId(Key key, String id) {
    return new Key(
        "reaped",
        Optional.of(id),
        key.role(),
        key.fields(),
        key.hint(),
        key.issuedAt(),
        key.expiresAt(),
        key.label(),
        key.issuer(),
        key.lastPublication(),
        key.checks());
  }

  /** Believes that a key is gone as soon as its deletion was asked for. */
  private static final class Trusting extends Meddling {
    private final Set<String> gone = new HashSet<>();

    Trusting(IssuerDirectory directory) {
      super(directory);
    }

    @Override
    Issuer instead(Issuer real) {
      return new Passing(real) {
        @Override
        public DeleteResult delete(Key key) {
          gone.add(key.name());
          return real.delete(key);
        }

        @Override
        public Verdict verify(Key key) {
          return gone.contains(key.name()) ? new Verdict.Rejected() : real.verify(key);
        }
      };
    }
  }

  /** Knows no quota. */
  private static final class Boundless extends Meddling {
    Boundless(IssuerDirectory directory) {
      super(directory);
    }

    @Override
    IssuerView seen(IssuerView view) {
      return view instanceof IssuerView.Usable(var binding, var capabilities, var guarded)
          ? new IssuerView.Usable(binding, without(capabilities), guarded)
          : view;
    }

    @Override
    Issuer instead(Issuer real) {
      return new Passing(real) {
        @Override
        public Capabilities capabilities() {
          return without(real.capabilities());
        }
      };
    }

    private static Capabilities without(Capabilities it) {
      return new Capabilities(
          it.tracing(),
          it.lists(),
          it.verifies(),
          it.reusesIds(),
          it.maxAge(),
          OptionalInt.empty(),
          it.requestTimeout());
    }
  }

  /** Tells the value of a key. */
  private static final class Talking extends Meddling {
    Talking(IssuerDirectory directory) {
      super(directory);
    }

    @Override
    Issuer instead(Issuer real) {
      return new Passing(real) {
        @Override
        public Verdict verify(Key key) {
          var value =
              key.fields().values().stream().map(SecretText::reveal).findFirst().orElse("?");
          return new Verdict.Unknown(Fault.of(Reason.IssuerFailed, "no answer for " + value));
        }
      };
    }
  }

  /** Sends every mint twice. */
  private static final class Repeating extends Meddling {
    Repeating(IssuerDirectory directory) {
      super(directory);
    }

    @Override
    Issuer instead(Issuer real) {
      return new Passing(real) {
        @Override
        public MintResult mint(MintRequest request) {
          var _ = real.mint(request);
          return real.mint(request);
        }
      };
    }
  }
}
