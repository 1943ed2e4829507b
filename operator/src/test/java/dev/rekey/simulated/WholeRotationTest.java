package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.AdoptedKey;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.CreationPolicy;
import dev.rekey.api.v1alpha1.IssuerKind;
import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.api.v1alpha1.Revocation;
import dev.rekey.api.v1alpha1.RevocationPolicy;
import dev.rekey.api.v1alpha1.Rollout;
import dev.rekey.api.v1alpha1.Schedule;
import dev.rekey.api.v1alpha1.TargetSecret;
import dev.rekey.issuer.Trick;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Verb;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whole rotations, each with one thing that is special about it. */
class WholeRotationTest {
  private static final Duration LONG = Duration.ofMinutes(40);

  @Nested
  class InOrder {
    @Test
    void aRotationDueByAgeGoesInTheOneOrderThereIs() {
      var world = Simulation.due();
      int begin = world.mark();

      world.untilOver();

      assertThat(world.doneSince(begin))
          .containsExactly(
              "ledger: a rotation begins (Interval)",
              "ledger: an attempt is opened",
              "issuer: mint",
              "ledger: the attempt is settled, key 2 is known as NEXT",
              "issuer: verify 2",
              "ledger: key 2 was accepted, 1",
              "issuer: verify 2",
              "ledger: key 2 was accepted, 2",
              "issuer: verify 2",
              "ledger: key 2 was accepted, 3",
              "ledger: publication 2 is decided",
              "Secret: shows publication 2, key 2",
              "ledger: publication 2 is written",
              "Deployment api: stamped 2",
              "ledger: stamp 1",
              "ledger: 0 of 2 pods moved",
              "ledger: 1 of 3 pods moved",
              "ledger: 2 of 3 pods moved",
              "ledger: 2 of 2 pods moved, all is rolled out",
              "issuer: verify 2",
              "ledger: key 2 was accepted, 4",
              "ledger: key 1 is CONDEMNED, key 2 is CURRENT",
              "issuer: delete 1",
              "ledger: the delete of key 1 was answered",
              "issuer: verify 1",
              "ledger: key 1 was rejected",
              "ledger: key 1 is forgotten",
              "ledger: the rotation is over");
      world.assertInOrder();
    }

    @Test
    void theFirstKeyIsMintedWhereTheSecretIsMissing() {
      var world = Simulation.beforeTheFirstKey();

      world.untilOver();

      assertThat(world.doneSince(0))
          .startsWith("ledger: begun", "ledger: a rotation begins (FirstKey)")
          .contains("Secret: shows publication 1, key 1")
          .endsWith("ledger: key 1 is CURRENT", "ledger: the rotation is over")
          .noneMatch(it -> it.contains("delete"));
      assertThat(world.secrets.target().getMetadata().getAnnotations())
          .containsEntry(Names.KEY_ID, "1")
          .containsEntry(Names.PUBLICATION, world.ledger().lineage() + ".1");
      assertThat(world.secrets.target().getMetadata().getOwnerReferences()).isEmpty();
      assertThat(world.ready().getStatus()).isEqualTo("True");
      world.assertInOrder();
    }

    @Test
    void nothingIsRestartedBeforeTheSecretHasSettled() {
      var world = Simulation.due();
      world.untilLedger(it -> it.publication().orElseThrow().number() == 2);
      world.untilStatus("Settling");
      var written = world.ledger().publication().orElseThrow().writtenAt().orElseThrow();

      world.until(() -> world.workloads.template(Simulation.APP).containsValue(stamp(world, 2)));

      assertThat(world.clock.instant()).isAfterOrEqualTo(written.plus(Simulation.SETTLE));
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void theOldKeyOutlivesTheLastMoveByTheSoak() {
      var world = Simulation.due();
      world.untilStatus("Soaking");
      var moved = allMovedAt(world);

      world.untilLedger(it -> !it.keys(Role.CONDEMNED).isEmpty() || it.keys().size() == 1);

      assertThat(world.clock.instant()).isEqualTo(moved.plus(Simulation.SOAK));
    }

    @Test
    void atAnIssuerThatCannotVerifyNobodyAsksItAndTheSoakIsLong() {
      var world = Simulation.beforeTheFirstKey();
      world.issuer.cannotVerify();
      world.resources.edit(Simulation.NAME, withRollout(new Rollout("15s", "15m", "0s")));
      world.untilOver();
      world.sleep(Simulation.INTERVAL);
      int begin = world.mark();
      world.untilStatus("Soaking");
      var moved = allMovedAt(world);

      world.untilOver();

      assertThat(world.clock.instant()).isAfterOrEqualTo(moved.plus(Duration.ofMinutes(10)));
      assertThat(world.doneSince(begin)).noneMatch(it -> it.contains("verify"));
      world.assertInOrder();
    }
  }

  @Nested
  class WhenItBegins {
    @Test
    void itIsDueBeforeTheKeyExpires() {
      var world = Simulation.beforeTheFirstKey();
      world.resources.edit(
          Simulation.NAME,
          Simulation.spec(CreationPolicy.Create, null, new Schedule("170d", "30d")));
      world.untilOver();

      assertThat(world.status().nextRotationReason()).isEqualTo("BeforeExpiry");
      world.sleep(Duration.ofDays(149));
      world.pass();
      assertThat(world.ledger().run()).isEmpty();
      world.sleep(Duration.ofDays(1));
      world.pass();
      assertThat(world.ledger().run().map(Run::cause)).contains(Cause.BeforeExpiry);
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void aTokenIsFollowedOnce() {
      var world = Simulation.atRest();

      world.ask("please");
      world.untilOver();
      assertThat(world.ledger().history().getFirst().cause()).isEqualTo(Cause.Requested);
      int after = world.mark();
      world.run(LONG);
      world.restart();
      world.run(LONG);
      assertThat(world.doneSince(after)).isEmpty();

      world.ask("once more");
      world.untilOver();
      world.ask("please");
      world.run(LONG);
      assertThat(world.ledger().sequence()).isEqualTo(3);
      world.assertInOrder();
    }

    @Test
    void aTokenThatStoodThereBeforeTheLedgerIsNotFollowed() {
      var world = Simulation.beforeTheFirstKey();
      world.ask("applied with the manifest");

      world.untilOver();
      world.run(LONG);

      assertThat(world.ledger().sequence()).isEqualTo(1);
      world.assertInOrder();
    }

    @Test
    void atRestAPassCostsNoRequest() {
      var world = Simulation.atRest();
      world.run(LONG);
      int effects = world.effects.count();
      int pods = world.workloads.reads();
      int secrets = world.secrets.reads();
      int requests = world.issuer.fake().calls().size();

      world.pass();
      int readByChecks = world.secrets.reads() - secrets;

      assertThat(world.effects.count()).isEqualTo(effects);
      assertThat(world.workloads.reads()).isEqualTo(pods);
      assertThat(world.issuer.fake().calls()).hasSize(requests);
      assertThat(readByChecks).isZero();
    }
  }

  @Nested
  class TakingOver {
    private static final Instant ISSUED = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aKeyMadeByHandIsAdoptedWithTheDatesOfTheIssuersList() {
      var world = Simulation.beforeTheFirstKey();
      var byHand = world.issuer.fake().seed("made by hand", ISSUED);
      world.secrets.putByHand(byHand.value().reveal());
      world.resources.edit(Simulation.NAME, adopting(new AdoptedKey(byHand.id(), null, null)));

      world.run(LONG);

      var adopted = world.ledger().key(Role.CURRENT).orElseThrow();
      assertThat(adopted.id()).contains(byHand.id());
      assertThat(adopted.issuedAt()).isEqualTo(ISSUED);
      assertThat(adopted.expiresAt()).contains(byHand.expiresAt());
      assertThat(world.issuer.fake().calls()).containsExactly("list");
      assertThat(world.status().nextRotationTime()).isEqualTo("2026-04-01T00:00:00Z");

      world.sleep(Duration.between(world.clock.instant(), ISSUED.plus(Simulation.INTERVAL)));
      world.untilOver();
      assertThat(world.issuer.deleteAsked()).containsExactly(byHand.value().reveal());
      world.assertInOrder();
    }

    @Test
    void anAdoptedKeyWithoutIdIsLeftToAPerson() {
      var world = Simulation.beforeTheFirstKey();
      var byHand = world.issuer.fake().seed("made by hand", ISSUED);
      world.secrets.putByHand(byHand.value().reveal());
      world.resources.edit(Simulation.NAME, adopting(new AdoptedKey(null, null, null)));
      world.run(LONG);

      world.ask("now");
      world.untilOver();

      assertThat(world.issuer.liveValues()).hasSize(2).contains(byHand.value().reveal());
      assertThat(world.issuer.deleteAsked()).isEmpty();
      assertThat(world.resources.events())
          .anyMatch(it -> it.startsWith("DeleteByHand") && it.contains(byHand.value().hint()));
      assertThat(world.status().lastRotation())
          .satisfies(it -> assertThat(it).isNotNull())
          .extracting(it -> it == null ? "" : it.result())
          .isEqualTo("OldKeyLeftToPerson");
      world.assertPromisesKept();
    }

    @Test
    void aKeyThatTheIssuerDoesNotListIsNotAdopted() {
      var world = Simulation.beforeTheFirstKey();
      world.secrets.putByHand("whatever-it-is-1234567890");
      world.resources.edit(Simulation.NAME, adopting(new AdoptedKey("no-such-key", null, null)));

      world.run(LONG);

      assertThat(world.ledger().keys()).isEmpty();
      assertThat(world.ready().getReason()).isEqualTo("AdoptedKeyUnknown");
      assertThat(world.secrets.value()).contains("whatever-it-is-1234567890");
      world.assertPromisesKept();
    }

    @Test
    void aValueThatNobodySpeaksOfIsNeverOverwritten() {
      var world = Simulation.beforeTheFirstKey();
      world.secrets.putByHand("somebody's own");

      world.run(LONG);

      assertThat(world.doneSince(0)).isEmpty();
      assertThat(world.ready().getReason()).isEqualTo("SecretNotOurs");
    }

    @Test
    void aResourceMadeAnewTakesUpItsLedgerAndMintsNothing() {
      var world = Simulation.atRest();
      int begin = world.mark();
      world.resources.delete(Simulation.NAME);
      world.resources.create(Simulation.NAME, Simulation.spec());

      world.run(LONG);

      assertThat(world.doneSince(begin))
          .containsExactly(
              "ledger: bound to resource-2", "issuer: verify 1", "ledger: key 1 was accepted, 1");
      world.assertInOrder();
    }

    @Test
    void aResourceMadeAnewInTheMiddleGoesOnWhereTheFirstWas() {
      var world = Simulation.due();
      world.untilStatus("Soaking");
      int begin = world.mark();
      world.resources.deleteByForce(Simulation.NAME);
      world.resources.create(Simulation.NAME, Simulation.spec());

      world.untilOver();

      assertThat(world.doneSince(begin)).noneMatch(it -> it.contains("mint"));
      world.assertInOrder();
    }

    @Test
    void aSecondResourceOnTheSameSecretDoesNothing() {
      var world = Simulation.atRest();
      world.resources.create("newcomer", Simulation.spec());
      world.resources.annotate("newcomer", Names.ROTATE, "now");
      int begin = world.mark();

      world.pass("newcomer");

      assertThat(world.doneSince(begin)).isEmpty();
      assertThat(world.ready("newcomer").getReason()).isEqualTo("SecretClaimed");
    }

    @Test
    void aLedgerOfAnotherClusterIsLeftAsItIs() {
      var world = Simulation.due();
      rewriteLedger(world, "cluster-1", "cluster-2");

      assertHolds(world, "ForeignLedger");
    }

    @Test
    void aLedgerThatANewerRekeyWroteIsLeftAsItIs() {
      var world = Simulation.due();
      rewriteLedger(world, "\"schema\":1", "\"schema\":2");

      assertHolds(world, "Downgraded");
    }

    @Test
    void aLostLedgerIsRebuiltFromTheSecretWithoutAMint() {
      var world = Simulation.atRest();
      var before = world.ledger();
      world.secrets.delete(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName());
      world.restart();
      int begin = world.mark();

      world.run(LONG);

      assertThat(world.doneSince(begin))
          .containsExactly("ledger: begun", "issuer: list", "ledger: key 1 is known as CURRENT");
      var after = world.ledger();
      assertThat(after.lineage()).isNotEqualTo(before.lineage());
      assertThat(after.key(Role.CURRENT).orElseThrow().issuedAt())
          .isEqualTo(before.key(Role.CURRENT).orElseThrow().issuedAt());
      world.sleep(Simulation.INTERVAL);
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void aLedgerLostUnderARunningOperatorIsRebuiltAsWell() {
      var world = Simulation.atRest();
      world.secrets.delete(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName());

      world.run(LONG);

      assertThat(world.ledger().key(Role.CURRENT).flatMap(it -> it.id())).contains("1");
      world.sleep(Simulation.INTERVAL);
      world.untilOver();
      world.assertInOrder();
    }

    private static ApiKeyRotationSpec adopting(AdoptedKey key) {
      return Simulation.spec(CreationPolicy.Create, key, new Schedule("90d", null));
    }

    private static void assertHolds(Simulation world, String reason) {
      int begin = world.mark();
      world.run(LONG);
      assertThat(world.doneSince(begin)).isEmpty();
      assertThat(world.ready().getReason()).isEqualTo(reason);
      world.assertPromisesKept();
    }

    private static void rewriteLedger(Simulation world, String from, String to) {
      world.secrets.edit(
          SimulatedSecrets.OPERATOR,
          SimulatedSecrets.ledgerName(),
          it -> {
            var key = it.getData().keySet().iterator().next();
            var text =
                new String(
                    Base64.getDecoder().decode(it.getData().get(key)), StandardCharsets.UTF_8);
            assertThat(text).contains(from);
            return it.addToData(key, SimulatedSecrets.encode(text.replace(from, to)));
          });
    }
  }

  @Nested
  class TheOldKeyStays {
    @Test
    void whileOneOldPodTerminates() {
      var world = Simulation.due();
      world.workloads.terminatingStay(true);

      world.run(LONG);

      assertOldKeyStays(world);
      assertThat(world.ready().getReason()).isEqualTo("ConsumersStuck");
      assertThat(world.ready().getMessage()).contains("still terminating");
      world.workloads.terminatingStay(false);
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void whileAPodCarriesNoStamp() {
      var world = Simulation.due();
      world.workloads.startBarePod();

      world.run(LONG);

      assertOldKeyStays(world);
      assertThat(world.ready().getMessage()).contains("restart it by hand");
      world.workloads.endBarePods();
      world.untilOver();
      assertThat(world.issuer.liveValues()).hasSize(1);
      world.assertPromisesKept();
    }

    @Test
    void ofWhichAPersonIsToldBeforeAKeyIsAskedFor() {
      var world = Simulation.due();
      world.workloads.startBarePod();
      var warnedOf = new ArrayList<String>();
      world.effects.afterEach(it -> {
        if (it.kind() == Effect.Kind.MINT) {
          warnedOf.add(warned(world).getReason());
        }
      });

      world.run(LONG);
      assertThat(warnedOf).containsExactly("BarePod");

      world.workloads.endBarePods();
      world.untilOver();
      assertThat(warned(world).getStatus()).isEqualTo("False");
      world.assertPromisesKept();
    }

    @Test
    void forWhichNobodyIsLookedAtAgainHoweverOftenAKeyIsAskedFor() {
      var world = Simulation.due();
      world.issuer.quota(3);
      world
          .issuer
          .fake()
          .next(Trick.LIST_FAILS, Trick.LIST_FAILS, Trick.MINT_REFUSED, Trick.MINT_REFUSED);
      int before = world.workloads.reads();
      var looks = new ArrayList<Integer>();
      world.whenever("issuer: mint", () -> looks.add(world.workloads.reads() - before));

      world.untilOver();

      // one of the workloads and one of the pods
      assertThat(looks).hasSize(3).containsOnly(2);
    }

    private static Condition warned(Simulation world) {
      return Objects.requireNonNull(world.status().conditions()).stream()
          .filter(it -> it.getType().equals("Warned"))
          .findFirst()
          .orElseThrow();
    }

    @Test
    void whileControllersDoNothing() {
      var world = Simulation.due();
      world.workloads.controllersStand(true);

      world.run(LONG);

      assertOldKeyStays(world);
      world.workloads.controllersStand(false);
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void whileTheTemplateWasRolledBack() {
      var world = Simulation.due();
      var before = world.workloads.template(Simulation.APP);
      world.untilStatus("Soaking");
      before.forEach((name, value) -> world.workloads.annotate(Simulation.APP, name, value));
      world.sleep(Duration.ofMinutes(2));

      world.untilOver();

      assertThat(world.workloads.template(Simulation.APP)).containsValue(stamp(world, 2));
      world.assertInOrder();
    }

    @Test
    void untilPodsThatStartedOnARevertedSecretHaveMovedAgain() {
      var world = Simulation.due();
      var old = world.secrets.value().orElseThrow();
      world.untilStatus("Soaking");
      int begin = world.mark();

      revertAndStartAPod(world, old);
      world.untilOver();

      assertThat(world.doneSince(begin))
          .startsWith(
              "ledger: publication 3 is decided, repair 1",
              "Secret: shows publication 3, key 2",
              "ledger: publication 3 is written",
              "Deployment api: stamped 3");
      world.assertInOrder();
    }

    @Test
    void alsoWhenItIsCondemnedAlready() {
      var world = Simulation.due();
      var old = world.secrets.value().orElseThrow();
      world.issuer.unusable(Optional.empty());
      world.whenever("key 1 is CONDEMNED", () -> world.effects.goWrong(1, Mishap.CRASH_BEFORE));
      world.untilLedger(it -> !it.keys(Role.CONDEMNED).isEmpty());
      assertThat(world.issuer.deleteAsked()).isEmpty();

      revertAndStartAPod(world, old);
      world.untilOver();

      world.assertInOrder();
    }

    @Test
    void untilTheNewOneIsAcceptedOnceMore() {
      var world = Simulation.due();
      world.untilStatus("Soaking");
      world.issuer.rejectsAll(true);

      world.run(LONG);

      assertOldKeyStays(world);
      assertThat(world.ready().getReason()).isEqualTo("CurrentKeyNotAccepted");
      world.issuer.rejectsAll(false);
      world.untilOver();
      world.assertInOrder();
    }

    /** As an admission webhook does that allows only the annotations it knows. */
    @Test
    void whileStampsAreTakenAwayAtOnceAndNobodyRunsHot() {
      var world = Simulation.due();
      world.whenever(
          "Deployment api: stamped 2",
          () ->
              world.workloads.annotate(
                  Simulation.APP,
                  Names.stamp(SimulatedSecrets.TARGET),
                  world.ledger().lineage() + ".1"));
      int begin = world.mark();

      world.run(LONG);

      assertThat(world.issuer.deleteAsked()).isEmpty();
      assertThat(world.doneSince(begin))
          .filteredOn(it -> it.contains("stamped"))
          .hasSizeLessThan(12);
      assertThat(world.ready().getMessage()).contains("does not carry the newest stamp");
      world.assertPromisesKept();
    }

    @Test
    void whileTheIssuerCannotBeUsed() {
      var world = Simulation.due();
      world.untilStatus("Soaking");
      world.issuer.unusable(
          Optional.of(new IssuerView.Unusable(Reason.IssuerNotFound, "it is gone")));

      world.run(LONG);

      assertThat(world.issuer.deleteAsked()).isEmpty();
      assertThat(world.ready().getStatus()).isEqualTo("False");
      world.issuer.unusable(Optional.empty());
      world.untilOver();
      world.assertInOrder();
    }

    /** A pod that starts on what somebody put into the Secret carries the newest stamp. */
    private static void revertAndStartAPod(Simulation world, String old) {
      world.secrets.editValue(old);
      world.sleep(SimulatedWorkloads.KUBELET_LAG.plusSeconds(1));
      world.workloads.killOnePod(Simulation.APP);
      world.sleep(Duration.ofSeconds(5));
      assertThat(world.workloads.live()).anyMatch(it -> it.holds().equals(Optional.of(old)));
    }

    private static void assertOldKeyStays(Simulation world) {
      assertThat(world.issuer.liveValues()).hasSize(2);
      assertThat(world.issuer.deleteAsked()).isEmpty();
      assertThat(world.ready().getStatus()).isEqualTo("False");
      assertThat(world.ledger().keys(Role.CONDEMNED)).isEmpty();
      world.assertPromisesKept();
    }
  }

  @Nested
  class TheSecret {
    @Test
    void deletedAtRestIsWrittenAgain() {
      var world = Simulation.atRest();
      int begin = world.mark();
      world.secrets.delete(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET);

      world.run(LONG);

      assertThat(world.doneSince(begin))
          .containsExactly(
              "ledger: publication 2 is decided, repair 1",
              "Secret: shows publication 2, key 1",
              "ledger: publication 2 is written");
      world.assertInOrder();
    }

    /** The cache of a pass that has just repaired it still shows what was repaired. */
    @Test
    void thatWasRepairedIsNotCalledContestedForACacheThatIsBehind() {
      var world = Simulation.atRest();
      world.whenever("publication 2 is decided", world.secrets::stopCache);
      world.secrets.editValue("somebody's");

      world.pass();

      assertThat(world.ledger().publicationNumber()).isEqualTo(2);
      assertThat(world.ready().getReason()).isEqualTo("Idle");
      world.secrets.resumeCache();
      world.run(LONG);
      world.assertInOrder();
    }

    /** Two that write the same Secret make no loop: each repair makes the next one wait longer. */
    @Test
    void thatSomebodyChangesAgainAndAgainIsRepairedEverMoreRarely() {
      var world = Simulation.atRest();
      world.whenever("Secret: shows", () -> world.secrets.editValue("somebody's"));
      world.secrets.editValue("somebody's");
      int begin = world.mark();

      world.run(LONG);

      assertThat(world.doneSince(begin))
          .filteredOn(it -> it.startsWith("Secret"))
          .hasSizeLessThan(12);
      assertThat(world.ready().getReason()).isEqualTo("SecretContested");
    }

    @Test
    void keepsWhatOthersKeepInIt() {
      var world = Simulation.atRest();
      world.secrets.edit(
          SimulatedSecrets.TEAM,
          SimulatedSecrets.TARGET,
          it -> it.addToData("theirs", SimulatedSecrets.encode("kept")));

      world.ask("now");
      world.untilOver();

      assertThat(world.secrets.target().getData())
          .containsEntry("theirs", SimulatedSecrets.encode("kept"));
      world.assertInOrder();
    }

    @Test
    void ofAnotherTypeIsNotWritten() {
      var world = Simulation.atRest();
      Secret other =
          world.secrets.target().edit().withType("kubernetes.io/basic-auth").withData(null).build();
      world.secrets.delete(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET);
      world.secrets.put(other);

      world.run(LONG);

      assertThat(world.secrets.value()).isEmpty();
      assertThat(world.ready().getReason()).isEqualTo("SecretUnsuitable");
    }

    @Test
    void thatIsImmutableIsNotRotatedBeforeItIsMadeAgain() {
      var world = Simulation.due();
      immutable(world, true);
      int begin = world.mark();

      world.run(LONG);
      assertThat(world.doneSince(begin)).isEmpty();
      assertThat(world.ready().getReason()).isEqualTo("SecretImmutable");

      immutable(world, false);
      world.untilOver();
      assertThat(world.ledger().history()).hasSize(2);
      world.assertPromisesKept();
    }

    @Test
    void thatBecomesImmutableInTheMiddleHoldsTheRotationAndLosesNothing() {
      var world = Simulation.due();
      var old = world.secrets.value();
      world.whenever("publication 2 is decided", () -> immutable(world, true));

      world.run(LONG);
      assertThat(world.ready().getReason()).isEqualTo("SecretImmutable");
      assertThat(world.secrets.value()).isEqualTo(old);
      assertThat(world.ledger().keys()).hasSize(2);

      world.secrets.delete(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET);
      world.untilOver();
      assertThat(world.secrets.value()).isNotEqualTo(old);
      world.assertPromisesKept();
    }

    private static void immutable(Simulation world, boolean now) {
      world.secrets.edit(
          SimulatedSecrets.TEAM, SimulatedSecrets.TARGET, it -> it.withImmutable(now));
    }

    @Test
    void isNotTakenForChangedBecauseACacheIsBehind() {
      var world = Simulation.due();
      world.whenever("publication 2 is decided", world.secrets::stopCache);
      int begin = world.mark();

      world.until(() -> world.doneSince(begin).contains("ledger: publication 2 is written"));
      var said = world.status();
      world.run(Duration.ofSeconds(5));
      assertThat(world.status()).isEqualTo(said);
      world.secrets.resumeCache();
      world.untilOver();

      assertThat(world.doneSince(begin)).noneMatch(it -> it.contains("publication 3"));
      world.assertInOrder();
    }
  }

  @Nested
  class ACacheThatIsBehind {
    /** A ledger from before the rotation: nobody begins it once more. */
    @Test
    void mintsNothingTwice() {
      var world = Simulation.due();
      var earlier = world.secrets.cache();
      world.untilStatus("Soaking");
      int begin = world.mark();

      world.restartOn(earlier);
      world.run(Duration.ofMinutes(1));

      assertThat(world.doneSince(begin)).noneMatch(it -> it.contains("mint"));
      world.assertPromisesKept();
      world.secrets.resumeCache();
      world.run(LONG);
      world.assertInOrder();
    }

    /** A ledger in which the write of the Secret is still to come, long after it was done. */
    @Test
    void putsNoOlderKeyBack() {
      var world = Simulation.due();
      var earlier = new ArrayList<Map<String, Secret>>();
      world.whenever("publication 2 is decided", () -> earlier.add(world.secrets.cache()));
      world.untilOver();
      world.ask("now");
      world.untilOver();
      world.secrets.delete(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET);
      int begin = world.mark();

      world.restartOn(earlier.getFirst());
      world.run(Duration.ofSeconds(10));

      assertThat(world.doneSince(begin)).noneMatch(it -> it.contains("shows publication 2"));
      world.secrets.resumeCache();
      world.run(LONG);
      world.assertInOrder();
    }
  }

  @Nested
  class Restarts {
    @Test
    void neitherShortenNorLengthenTheSoak() {
      var world = Simulation.due();
      world.untilStatus("Soaking");
      var moved = allMovedAt(world);
      world.run(Duration.ofMinutes(4));
      world.restart();
      world.run(Duration.ofMinutes(4));
      world.restart();

      world.untilLedger(it -> it.key(Role.NEXT).isEmpty());

      assertThat(world.clock.instant()).isEqualTo(moved.plus(Simulation.SOAK));
    }

    @Test
    void doNotShortenThePauseAfterAFailure() {
      var world = Simulation.due();
      world.issuer.rejectsAll(false);
      for (int i = 0; i < 6; i++) {
        world.issuer.fake().next(Trick.MINT_REFUSED);
      }
      var mints = new ArrayList<Instant>();
      world.whenever("issuer: mint", () -> mints.add(world.clock.instant()));
      world.whenever("MINT failed", world::restart);

      world.untilOver();

      var pauses = new ArrayList<Long>();
      for (int i = 1; i < mints.size(); i++) {
        pauses.add(Duration.between(mints.get(i - 1), mints.get(i)).toSeconds());
      }
      assertThat(pauses).containsExactly(5L, 10L, 20L, 40L, 80L, 160L);
      world.assertInOrder();
    }

    @Test
    void withoutAStatusChangeNothing() {
      var world = Simulation.due();
      int begin = world.mark();
      world.untilStatus("Verifying");
      world.resources.wipeStatus(Simulation.NAME);
      world.restart();
      world.untilStatus("Soaking");
      world.resources.wipeStatus(Simulation.NAME);
      world.restart();

      world.untilOver();

      assertThat(world.doneSince(begin)).filteredOn("issuer: mint"::equals).hasSize(1);
      world.assertInOrder();
    }
  }

  @Nested
  class WhenTheIssuerFails {
    @Test
    void aKeyThatIsNeverAcceptedIsGivenUpAndTheOldOneStays() {
      var world = Simulation.due();
      var old = world.secrets.value().orElseThrow();
      world.issuer.rejectsAll(true);

      world.run(Duration.ofHours(2));

      assertThat(world.secrets.value()).contains(old);
      assertThat(world.issuer.liveValues()).contains(old).hasSizeLessThanOrEqualTo(2);
      assertThat(world.issuer.deleteAsked()).isNotEmpty().doesNotContain(old);
      assertThat(world.ready().getReason()).isEqualTo("KeyNotAccepted");
      assertThat(world.workloads.template(Simulation.APP)).containsValue(stamp(world, 1));
      world.issuer.rejectsAll(false);
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void keysThatAreGivenUpAreMintedEverMoreRarely() {
      var world = Simulation.due();
      world.issuer.rejectsAll(true);
      var pauses = new ArrayList<Integer>();
      world.whenever(
          "MINT failed",
          () ->
              pauses.add(
                  world.ledger().failures().stream()
                      .filter(it -> it.verb() == Verb.MINT)
                      .mapToInt(Failure::count)
                      .sum()));

      world.run(Duration.ofHours(8));

      assertThat(pauses).startsWith(1, 2, 3);
      world.assertPromisesKept();
    }

    @Test
    void anOutageIsNoReasonToGiveAKeyUp() {
      var world = Simulation.due();
      world.untilLedger(it -> it.key(Role.NEXT).isPresent());
      for (int i = 0; i < 12; i++) {
        world.issuer.fake().next(Trick.VERIFY_UNKNOWN);
      }
      int begin = world.mark();

      world.untilOver();

      assertThat(world.doneSince(begin)).noneMatch(it -> it.contains("mint"));
      world.assertInOrder();
    }

    @Test
    void aKeyIsNotGivenUpBecauseTheOperatorWasAway() {
      var world = Simulation.due();
      world.untilLedger(it -> it.key(Role.NEXT).isPresent());
      world.sleep(Duration.ofHours(5));
      int begin = world.mark();

      world.untilOver();

      assertThat(world.doneSince(begin)).noneMatch(it -> it.contains("mint"));
      world.assertInOrder();
    }

    @Test
    void aDeleteThatLiesIsSeenAndRepeated() {
      var world = Simulation.due();
      world.issuer.fake().next(Trick.DELETE_IGNORED, Trick.DELETE_IGNORED);
      int begin = world.mark();

      world.untilOver();

      assertThat(world.resources.events()).anyMatch(it -> it.startsWith("NotRevoked"));
      assertThat(world.doneSince(begin)).filteredOn("issuer: delete 1"::equals).hasSize(3);
      world.assertInOrder();
    }

    @Test
    void aDeleteWhoseAnswerIsLostIsRepeated() {
      var world = Simulation.due();
      world.issuer.fake().next(Trick.DELETE_ANSWER_LOST);

      world.untilOver();

      world.assertInOrder();
    }

    @Test
    void aDeleteThatFailsDoesNotBlockTheNextRotation() {
      var world = Simulation.due();
      world.issuer.keepsAll(true);
      world.untilStatus("Revoking");
      world.run(LONG);
      assertThat(world.ready().getStatus()).isEqualTo("False");

      world.ask("now");
      world.until(() -> world.secrets.value().equals(Optional.of(world.issuer.values().getLast())));
      world.run(LONG);

      assertThat(world.ledger().sequence()).isEqualTo(3);
      assertThat(world.issuer.liveValues()).hasSize(3);
      assertThat(world.ledger().keys(Role.CONDEMNED)).hasSize(2);
      world.issuer.keepsAll(false);
      world.run(LONG);
      world.assertInOrder();
    }

    @Test
    void theQuotaIsRespected() {
      var world = Simulation.atRest();
      world.issuer.quota(1);
      world.ask("now");
      int begin = world.mark();

      world.run(LONG);

      assertThat(world.doneSince(begin)).isEmpty();
      assertThat(world.ready().getReason()).isEqualTo("QuotaReached");
      world.issuer.quota(2);
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void aLostAnswerCountsAsAKey() {
      var world = Simulation.atRest();
      world.issuer.quota(2);
      world.ask("now");
      world.issuer.fake().next(Trick.MINT_ANSWER_LOST, Trick.LIST_FAILS, Trick.LIST_FAILS);

      world.untilOver();

      world.assertInOrder();
    }

    @Test
    void anAnswerThatNeverWasDoesNotTakeUpRoomForEver() {
      var world = Simulation.atRest();
      world.issuer.quota(2);
      world.ask("now");
      world.issuer.fake().next(Trick.MINT_UNCLEAR);

      world.untilOver();

      world.assertInOrder();
    }

    @Test
    void anAnswerThatNeverWasDoesNotTakeUpTheRoomThatOthersLeave() {
      var world = Simulation.atRest();
      world.issuer.quota(3);
      world.issuer.fake().seed("theirs", world.clock.instant());
      world.ask("now");
      world.issuer.fake().next(Trick.MINT_UNCLEAR);

      world.untilOver();

      world.assertPromisesKept();
    }

    @Test
    void aKeyWhoseAnswerWasLostIsFoundAndDeleted() {
      var world = Simulation.due();
      world.issuer.fake().next(Trick.MINT_ANSWER_LOST);
      int begin = world.mark();

      world.untilOver();

      assertThat(world.doneSince(begin))
          .containsSubsequence(
              "ledger: an attempt is opened",
              "issuer: mint",
              "ledger: MINT failed, 1 (IssuerUnreachable)",
              "ledger: the attempt is lost",
              "issuer: list",
              "ledger: the attempt is settled, key 2 is known as CONDEMNED",
              "issuer: delete 2",
              "ledger: key 2 is forgotten",
              "ledger: an attempt is opened",
              "issuer: mint",
              "ledger: the rotation is over");
      world.assertInOrder();
    }

    @Test
    void aKeyThatShowsUpLateInTheListIsFoundAndDeleted() {
      var world = Simulation.due();
      world.issuer.fake().next(Trick.MINT_ANSWER_LOST);
      world.issuer.fake().listLag(Duration.ofMinutes(5));

      world.run(LONG);

      assertThat(world.ledger().run()).isEmpty();
      world.assertInOrder();
    }

    @Test
    void keysOfOthersAreNeverTouched() {
      var world = Simulation.due();
      var theirs = world.issuer.fake().seed("rk-other", world.clock.instant());
      world.issuer.fake().next(Trick.MINT_ANSWER_LOST);

      world.untilOver();
      world.run(LONG);

      assertThat(world.issuer.liveValues()).hasSize(2).contains(theirs.value().reveal());
      world.assertPromisesKept();
    }

    @Test
    void aListThatIsNeverCompleteDoesNotKeepTheNextRotationFromBeginning() {
      var world = Simulation.due();
      world.issuer.fake().listComplete(false);
      world.issuer.fake().next(Trick.MINT_UNCLEAR);
      world.untilOver();
      world.run(LONG);

      world.ask("now");
      int calls = world.issuer.fake().calls().size();
      world.untilOver();

      assertThat(world.issuer.fake().calls().size() - calls).isLessThan(12);
      assertThat(world.told()).anyMatch(it -> it.contains("not complete"));
      world.assertInOrder();
    }

    @Test
    void anAttemptThatWasHeldUpForTooLongIsNotSent() {
      var world = Simulation.due();
      world.issuer.requestTimeout(Duration.ofSeconds(60));
      var heldUp = new ArrayList<String>();
      world.whenever(
          "an attempt is opened",
          () -> {
            if (heldUp.isEmpty()) {
              heldUp.add("once");
              world.clock.advance(Duration.ofSeconds(40));
            }
          });

      world.pass();

      assertThat(world.doneSince(0).getLast()).isEqualTo("ledger: an attempt is opened");
      world.untilOver();
      world.run(LONG);
      world.assertInOrder();
    }

    @Test
    void aTemplateThatCannotBeFilledInDoesNotRunHot() {
      var world = Simulation.beforeTheFirstKey();
      world.resources.edit(
          Simulation.NAME,
          new ApiKeyRotationSpec(
              new IssuerRef(IssuerKind.KeyIssuer, SimulatedIssuer.BINDING.name()),
              new TargetSecret(
                  SimulatedSecrets.TARGET,
                  CreationPolicy.Create,
                  Map.of(SimulatedSecrets.DATA_KEY, "${key.value}", "more", "${key.nosuch}")),
              null,
              null,
              null));

      world.run(LONG);

      assertThat(world.effects.count()).isLessThan(100);
      assertThat(world.ready().getReason()).isEqualTo("InvalidSpec");
    }
  }

  @Nested
  class WhereAPersonDeletesOldKeys {
    @Test
    void theOldKeyIsNamedAndNeverDeleted() {
      var world = dueWithoutDeletes();

      world.untilOver();
      world.run(LONG);

      world.assertPromisesKept();
      assertThat(world.issuer.deleteAsked()).isEmpty();
      assertThat(world.issuer.liveValues()).hasSize(2);
      assertThat(world.ledger().history().getFirst().leftToPerson()).isPresent();
    }

    @Test
    void aPodThatNeverEndsDoesNotKeepTheRotationFromItsEnd() {
      var world = dueWithoutDeletes();
      world.workloads.terminatingStay(true);

      world.untilOver();

      world.assertPromisesKept();
      assertThat(world.issuer.deleteAsked()).isEmpty();
      assertThat(world.told()).anyMatch(it -> it.contains("Who may still hold it: pod"));
    }

    private Simulation dueWithoutDeletes() {
      var world = Simulation.due();
      var spec = Simulation.spec();
      world.resources.edit(
          Simulation.NAME,
          new ApiKeyRotationSpec(
              spec.issuerRef(),
              spec.secret(),
              null,
              spec.schedule(),
              spec.rollout(),
              new Revocation(RevocationPolicy.Manual),
              null,
              null));
      return world;
    }
  }

  private static String stamp(Simulation world, int publication) {
    return world.ledger().lineage() + "." + publication;
  }

  private static Instant allMovedAt(Simulation world) {
    return world
        .ledger()
        .run()
        .flatMap(Run::progress)
        .flatMap(Run.Progress::allMovedAt)
        .orElseThrow();
  }

  private static ApiKeyRotationSpec withRollout(Rollout rollout) {
    var spec = Simulation.spec();
    return new ApiKeyRotationSpec(
        spec.issuerRef(), spec.secret(), spec.adopt(), spec.schedule(), rollout);
  }
}
