package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rekey.endtoend.Doorway.Hold;
import dev.rekey.keyservice.Failure;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.keyservice.Verb;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two replicas, the leader of which is killed, cut off, or paused in the middle of a step for
 * longer than its lease. The other one ends the rotation, and the old leader changes nothing any
 * more: the API server's audit log and the issuer's log say so.
 */
@Testkube
class LeaderIT {
  private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete");
  private static final Set<String> NO_WRITES = Set.of("leases", "selfsubjectrulesreviews");
  private static final int LEASE_LOST = 3;

  private final ControlPlane controlPlane;
  private final Stage stage;
  private final Doorway door;
  private final OperatorProcess leader;
  private final OperatorProcess standby;
  private final NewKey old;

  LeaderIT(ControlPlane controlPlane, TestNamespace space) throws Exception {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
    door = new Doorway(controlPlane);
    old = stage.keyInSecret("till", Duration.ofDays(100));
    stage.application("till", 1, "till", Map.of(PodSwitches.TERMINATION_DELAY, "2s"));
    stage.issuer();
    leader = start("leader", door.kubeconfigFile(account("leader")).toString());
    await("the first replica leads")
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> assertThat(leads("leader")).as(leader::log).isTrue());
    standby = start("standby", controlPlane.kubeconfigFile(account("standby")).toString());
    await("the second one stands by")
        .atMost(Stage.PATIENCE)
        .until(() -> standby.log().contains("serves metrics"));
  }

  @AfterEach
  void stop() throws Exception {
    leader.kill();
    standby.kill();
    door.close();
    stage.close();
  }

  @Test
  void theStandbyGoesOnWhereAKilledLeaderWas() throws Exception {
    rotate();
    stage.awaitPhase("till", "Rolling");

    leader.kill();

    endsWell();
  }

  @Test
  void theStandbyFollowsALeaderThatIsToldToStopAtOnce() throws Exception {
    rotate();
    stage.awaitPhase("till", "Rolling");

    assertThat(leader.stop()).isZero();
    var stopped = Instant.now();

    await("the standby writes")
        .atMost(Stage.PATIENCE)
        .until(() -> !writes("standby", stopped.minusSeconds(5)).isEmpty());
    assertThat(writes("standby", stopped.minusSeconds(5)).getFirst().time())
        .as("before a lease of 3 s would have run out")
        .isBefore(stopped.plusMillis(2000));
    endsWell();
  }

  @Test
  void aLeaderThatIsCutOffEndsItselfAndTheStandbyGoesOn() throws Exception {
    rotate();
    stage.awaitPhase("till", "Rolling");

    door.shut();

    assertThat(leader.exitCode()).as(leader::log).isEqualTo(LEASE_LOST);
    endsWell();
    var takenOver = writes("standby", Instant.MIN).getFirst().time();
    assertThat(writes("leader", takenOver)).isEmpty();
  }

  @Test
  void aLeaderThatIsPausedBeforeItsMintIsSentSendsNone() throws Exception {
    var opened = door.holdAnswer(ledger(it -> attempts(it, "OPEN") > 0));
    rotate();

    pausedAt(opened);

    assertThat(stage.service.log(What.MINTED)).as("mints").hasSize(1);
    assertThat(deleted()).containsExactly(old.key().id());
  }

  @Test
  void aLeaderThatIsPausedWhileItsMintIsAnsweredLeavesItToTheStandbysSweep() throws Exception {
    stage.service.failures().next(1, Verb.MINT, new Failure.HangAfterCommit(Duration.ofMinutes(1)));
    rotate();
    await().atMost(Stage.PATIENCE).until(() -> stage.service.log(What.MINTED).size() == 1);

    paused(() -> {});

    var minted = stage.service.log(What.MINTED).stream().map(LogEntry::keyId).toList();
    assertThat(minted).as("one mint more").hasSize(2);
    assertThat(deleted()).containsExactly(minted.getFirst(), old.key().id());
  }

  @Test
  void aMintThatArrivesWhenItsSenderHasLongBeenGivenUpIsSweptUp() throws Exception {
    var late =
        stage
            .service
            .failures()
            .next(1, Verb.MINT, new Failure.HangBefore(Duration.ofMillis(4500)));
    rotate();
    await().atMost(Stage.PATIENCE).until(() -> late.used() == 1);

    paused(() -> {});

    var minted = stage.service.log(What.MINTED).stream().map(LogEntry::keyId).toList();
    assertThat(minted).as("one mint more").hasSize(2);
    await("the orphan is found").atMost(Stage.PATIENCE).until(() -> deleted().size() == 2);
    assertThat(deleted())
        .containsOnlyOnce(old.key().id())
        .anyMatch(minted::contains)
        .doesNotContain(inSecret());
  }

  @Test
  void aLeaderThatIsPausedBetweenDecidingAPublicationAndWritingTheSecretWritesNothing()
      throws Exception {
    var decided = door.holdAnswer(ledger(it -> publication(it) == 1));
    rotate();

    pausedAt(decided);

    assertThat(stage.service.log(What.MINTED)).as("mints").hasSize(1);
  }

  @Test
  void aWriteOfTheSecretThatWasUnderWayDuringThePauseIsRefused() throws Exception {
    var write = door.holdRequest(it -> it.writes(stage.namespace, "till"));
    rotate();

    var woken = pausedAt(write);

    onlyRefused(writes("leader", woken), "till");
  }

  @Test
  void aCondemnationThatWasUnderWayDuringThePauseIsRefused() throws Exception {
    var write = door.holdRequest(ledger(LeaderIT::condemns));
    rotate();

    var woken = pausedAt(write);

    onlyRefused(writes("leader", woken), LedgerStore.name(stage.namespace, "till"));
    assertThat(deletesAsked()).as("deletes, well answered or not").hasSize(1);
  }

  @Test
  void aLeaderThatIsPausedBetweenCondemningAndDeletingDeletesNothing() throws Exception {
    var condemned = door.holdAnswer(ledger(LeaderIT::condemns));
    rotate();

    pausedAt(condemned);

    assertThat(deletesAsked()).as("deletes, well answered or not").hasSize(1);
  }

  @Test
  void aDeleteThatWasUnderWayDuringThePauseIsRepeatedAndNothingElse() throws Exception {
    var late =
        stage
            .service
            .failures()
            .next(1, Verb.DELETE, new Failure.HangBefore(Duration.ofSeconds(8)));
    rotate();
    await().atMost(Stage.PATIENCE).until(() -> late.used() == 1);

    paused(() -> {});

    assertThat(stage.service.log(What.MINTED)).as("mints").hasSize(1);
    await("the late one").atMost(Stage.PATIENCE).until(() -> deletesAsked().size() == 2);
    assertThat(deletesAsked()).containsOnly(old.key().id());
  }

  private void rotate() {
    stage.rotation(
        "till", "till", "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
  }

  /** Paused when this is held up, which goes on after the leader has woken. Gives when that was. */
  private Instant pausedAt(Hold hold) throws Exception {
    hold.awaitArrival();
    return paused(hold::release);
  }

  /**
   * The leader is paused, the standby ends the rotation, and the leader wakes: it writes nothing
   * any more, and ends itself.
   */
  private Instant paused(Runnable then) throws Exception {
    leader.signal("STOP");
    stage.awaitRotations("till", 1);
    assertThat(leads("standby")).isTrue();
    var woken = Instant.now();
    leader.signal("CONT");
    then.run();

    assertThat(leader.exitCode()).as(leader::log).isEqualTo(LEASE_LOST);
    endsWell();
    assertThat(writes("leader", woken))
        .as("writes of the old leader")
        .allMatch(it -> it.code() == 409);
    return woken;
  }

  private static void onlyRefused(List<Request> writes, String object) {
    assertThat(writes)
        .singleElement()
        .satisfies(it -> {
          assertThat(it.name()).isEqualTo(object);
          assertThat(it.code()).isEqualTo(409);
        });
  }

  private void endsWell() {
    stage.awaitRotations("till", 1);
    await("one key is left")
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.service.liveKeys())
                .extracting(ServiceKey::id)
                .singleElement()
                .isEqualTo(inSecret()));
    assertThat(stage.service.log(What.VERIFY_REJECTED).stream().map(LogEntry::keyId).distinct())
        .as("keys that were looked at once they were gone")
        .allMatch(deleted()::contains);
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  private String inSecret() {
    var secret = stage.client.secrets().inNamespace(stage.namespace).withName("till").get();
    return String.valueOf(secret.getMetadata().getAnnotations().get(Names.KEY_ID));
  }

  private List<String> deleted() {
    return stage.service.log(What.DELETED).stream().map(LogEntry::keyId).toList();
  }

  private List<String> deletesAsked() {
    return stage.service.log().stream()
        .filter(it -> it.what() == What.DELETED || it.what() == What.DELETE_NOT_FOUND)
        .map(LogEntry::keyId)
        .toList();
  }

  /** What a replica wrote from this time on, but for the lease and questions about its rights. */
  private List<Request> writes(String replica, Instant from) {
    return controlPlane.audit().requestsBy(user(replica)).stream()
        .filter(it -> WRITES.contains(it.verb()) && !NO_WRITES.contains(it.resource()))
        .filter(it -> !it.time().isBefore(from))
        .toList();
  }

  private boolean leads(String replica) {
    var lease =
        stage.client.leases().inNamespace(stage.operatorNamespace).withName("rekey-operator").get();
    return lease != null && identity(replica).equals(lease.getSpec().getHolderIdentity());
  }

  private OperatorProcess start(String replica, String kubeconfig) throws Exception {
    return OperatorProcess.start(
        controlPlane,
        stage,
        identity(replica),
        Map.of(
            "KUBECONFIG", kubeconfig,
            "REKEY_LEASE_DURATION", "3s",
            "REKEY_LEASE_RENEW_DEADLINE", "2500ms",
            "REKEY_LEASE_RETRY_PERIOD", "300ms",
            "REKEY_LATENESS", "1s"));
  }

  private String identity(String replica) {
    return replica + "-of-" + stage.operatorNamespace;
  }

  private String user(String replica) {
    return "system:serviceaccount:" + stage.operatorNamespace + ":" + replica;
  }

  /** An account of its own for each replica, so that the audit log tells them apart. */
  private String account(String replica) {
    stage
        .client
        .serviceAccounts()
        .inNamespace(stage.operatorNamespace)
        .resource(
            new ServiceAccountBuilder().withNewMetadata().withName(replica).endMetadata().build())
        .create();
    stage
        .client
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(identity(replica))
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Namespace")
                .withName(stage.operatorNamespace)
                .withUid(
                    stage
                        .client
                        .namespaces()
                        .withName(stage.operatorNamespace)
                        .get()
                        .getMetadata()
                        .getUid())
                .endOwnerReference()
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                .addNewSubject()
                .withKind("ServiceAccount")
                .withNamespace(stage.operatorNamespace)
                .withName(replica)
                .endSubject()
                .build())
        .create();
    return controlPlane.serviceAccountToken(stage.operatorNamespace, replica);
  }

  /** A write of the ledger, such that this holds of what it says. */
  private Predicate<Doorway.Request> ledger(Predicate<JsonNode> says) {
    var name = LedgerStore.name(stage.namespace, "till");
    return request ->
        request.writes(stage.operatorNamespace, name)
            && says.test(Ledgers.rotation(request.secret()));
  }

  private static long attempts(JsonNode rotation, String state) {
    return StreamSupport.stream(rotation.path("attempts").spliterator(), false)
        .filter(it -> it.path("state").asText().equals(state))
        .count();
  }

  private static int publication(JsonNode rotation) {
    return rotation.path("publication").path("number").asInt();
  }

  private static boolean condemns(JsonNode rotation) {
    return StreamSupport.stream(rotation.path("keys").spliterator(), false)
        .anyMatch(it -> Objects.equals(it.path("role").asText(), "CONDEMNED"));
  }
}
