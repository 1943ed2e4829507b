package dev.rekey.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.cluster.Events;
import dev.rekey.cluster.RecentSecrets;
import dev.rekey.cluster.Watched;
import dev.rekey.issuer.CachedIssuers;
import dev.rekey.issuer.HeldIssuers;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Given;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Issuers and credentials are held while keys are unfinished, and not for a moment longer. */
class IssuerKeepingTest {
  private static final String ISSUER = "KeyIssuer payments/messaging";
  private static final String CREDENTIAL = "Secret payments/messaging-admin";

  private final KeptObjects api = new KeptObjects();
  private final List<String> told = new ArrayList<>();
  private final List<ApiKeyRotation> resources = new ArrayList<>();
  private final LedgerStore ledgers = new LedgerStore(api, api.ledgers(), "rekey");
  private Instant now = Given.NOW;
  private final HeldIssuers held =
      new HeldIssuers(
          api,
          it -> api.keyIssuer(it.namespace(), it.name()).map(HeldIssuers.Holder::of),
          new RecentSecrets(api, () -> now, CachedIssuers.LATELY),
          "rekey",
          () -> now);
  private boolean leads = true;
  private final IssuerKeeping keeping = keeping(ledgers);

  @BeforeEach
  void anIssuerWithItsCredential() {
    api.put(issuer("messaging", "issuer-1", "messaging-admin"));
    api.put(credential("messaging-admin"));
    resources.add(resource("Retain"));
  }

  @Test
  void whatIsHeldIsWrittenOnce() {
    assertThat(held.hold(Given.ISSUER)).isEmpty();

    assertThat(api.writes).containsExactly(ISSUER, CREDENTIAL);
    assertThat(held.hold(Given.ISSUER)).isEmpty();
    assertThat(api.writes).hasSize(2);
    assertThat(api.finalizers(ISSUER)).containsExactly(Names.FINALIZER);
    assertThat(api.finalizers(CREDENTIAL)).containsExactly(Names.FINALIZER);
  }

  @Test
  void noKeyIsAskedForAtAnIssuerThatIsBeingDeletedOrGoneOrAnother() {
    held.hold(Given.ISSUER);
    api.delete(ISSUER, now);
    assertThat(held.hold(Given.ISSUER))
        .hasValueSatisfying(it -> assertThat(it.reason()).isEqualTo(Reason.IssuerDeleting));

    api.put(issuer("messaging", "issuer-2", "messaging-admin"));
    assertThat(held.hold(Given.ISSUER))
        .hasValueSatisfying(it -> assertThat(it.reason()).isEqualTo(Reason.IssuerChanged));
  }

  @Test
  void noKeyIsAskedForWithACredentialThatIsBeingDeleted() {
    held.hold(Given.ISSUER);
    api.delete(CREDENTIAL, now);
    now = now.plus(Duration.ofMinutes(1));

    assertThat(held.hold(Given.ISSUER))
        .hasValueSatisfying(it -> assertThat(it.reason()).isEqualTo(Reason.CredentialMissing));
  }

  @Test
  void whatIsDeletedInTheMiddleOfARotationStaysUntilItIsOver() {
    held.hold(Given.ISSUER);
    var stored = ledgers.create(rotation(Given.published(Duration.ofMinutes(1))));
    api.delete(ISSUER, now);
    api.delete(CREDENTIAL, now);
    after(Duration.ofMinutes(5));
    assertThat(api.has(ISSUER)).isTrue();
    assertThat(api.has(CREDENTIAL)).isTrue();

    ledgers.replace(stored, rotation(Given.atRest()));
    keeping.look();

    assertThat(api.has(ISSUER)).isFalse();
    assertThat(api.has(CREDENTIAL)).isFalse();
    assertThat(told).isEmpty();
  }

  @Test
  void atRestNothingIsHeldOrWritten() {
    ledgers.create(rotation(Given.atRest()));
    int before = api.requests;

    keeping.look();

    assertThat(api.requests).isEqualTo(before);
  }

  @Test
  void whatIsHeldForLongCostsNoRequestsEither() {
    held.hold(Given.ISSUER);
    ledgers.create(rotation(Given.minted()));
    keeping.look();
    int before = api.requests;

    after(Duration.ofMinutes(30));

    assertThat(api.requests).isEqualTo(before);
  }

  @Test
  void anAdoptedKeyThatGoesWithItsResourceIsHeld() {
    ledgers.create(rotation(Given.atRest()));
    resources.set(0, resource("Revoke"));

    keeping.look();

    assertThat(api.finalizers(ISSUER)).containsExactly(Names.FINALIZER);
    assertThat(api.finalizers(CREDENTIAL)).containsExactly(Names.FINALIZER);
  }

  @Test
  void theCredentialOfBeforeIsReleasedAsWell() {
    held.hold(Given.ISSUER);
    var edited = issuer("messaging", "issuer-1", "new-admin");
    edited.getMetadata().setFinalizers(api.finalizers(ISSUER));
    edited.getMetadata().setAnnotations(api.annotations(ISSUER));
    api.put(edited);
    api.put(credential("new-admin"));
    held.hold(Given.ISSUER);
    assertThat(api.finalizers("Secret payments/new-admin")).isNotEmpty();

    keeping.look();

    assertThat(api.finalizers(CREDENTIAL)).isEmpty();
    assertThat(api.finalizers("Secret payments/new-admin")).isEmpty();
    assertThat(api.finalizers(ISSUER)).isEmpty();
    assertThat(api.annotations(ISSUER)).isEmpty();
  }

  @Test
  void theClientCertificateIsHeldWithTheCredential() {
    var certificate = "Secret payments/rekey-client";
    var shown = issuer("messaging", "issuer-1", "messaging-admin");
    shown.setSpec(
        Serialization.unmarshal(
            """
            http:
              url: https://keys.example
              auth: {bearer: {secretRef: {name: messaging-admin, key: token}}}
              tls: {clientCertificate: {secretRef: {name: rekey-client}}}
            """,
            KeyIssuerSpec.class));
    api.put(shown);
    assertThat(held.hold(Given.ISSUER)).as("there is no certificate yet").isPresent();
    api.put(credential("rekey-client"));

    assertThat(held.hold(Given.ISSUER)).isEmpty();

    assertThat(api.finalizers(CREDENTIAL)).isNotEmpty();
    assertThat(api.finalizers(certificate)).isNotEmpty();
    keeping.look();
    assertThat(api.finalizers(CREDENTIAL)).isEmpty();
    assertThat(api.finalizers(certificate)).isEmpty();
  }

  @Test
  void aSharedCredentialStaysForTheOtherIssuer() {
    api.put(issuer("other", "issuer-9", "messaging-admin"));
    held.hold(Given.ISSUER);
    held.hold(HeldIssuers.Holder.of(issuer("other", "issuer-9", "messaging-admin")).binding());

    held.release(Given.ISSUER, () -> false);

    assertThat(api.finalizers(ISSUER)).isEmpty();
    assertThat(api.finalizers(CREDENTIAL)).containsExactly(Names.FINALIZER);
    keeping.look();
    assertThat(api.finalizers(CREDENTIAL)).isEmpty();
    assertThat(api.annotations(CREDENTIAL)).isEmpty();
  }

  @Test
  void aRotationThatWaitsForAKeyHoldsADeletedIssuerForAMomentOnly() {
    held.hold(Given.ISSUER);
    ledgers.create(rotation(Given.begun()));
    keeping.look();
    api.delete(ISSUER, now);

    after(Given.SETTINGS.lateness());
    assertThat(api.has(ISSUER)).as("an attempt may be about to be opened").isTrue();

    after(Duration.ofMinutes(1));
    assertThat(api.has(ISSUER)).isFalse();
  }

  @Test
  void afterTheDeadlineItGoesWhateverIsUnfinishedAndPeopleAreWarned() {
    held.hold(Given.ISSUER);
    ledgers.create(rotation(Given.condemned()));
    api.delete(ISSUER, now);
    api.delete(CREDENTIAL, now);

    after(Given.SETTINGS.deletionDeadline().minusSeconds(1));
    assertThat(api.has(ISSUER)).isTrue();
    assertThat(told).isEmpty();

    after(Duration.ofSeconds(1));
    assertThat(api.has(ISSUER)).isFalse();
    assertThat(api.has(CREDENTIAL)).isFalse();
    assertThat(told).singleElement().asString().startsWith("Abandoned: " + ISSUER);
  }

  @Test
  void aDeletedCredentialOfAnIssuerThatStaysIsNotHeldForever() {
    held.hold(Given.ISSUER);
    ledgers.create(rotation(Given.condemned()));
    keeping.look();
    api.delete(CREDENTIAL, now.minusSeconds(1));

    after(Given.SETTINGS.deletionDeadline());

    assertThat(api.has(CREDENTIAL)).isFalse();
    assertThat(api.finalizers(ISSUER)).isNotEmpty();
    assertThat(told).singleElement().asString().contains("Secret payments/messaging-admin");
  }

  @Test
  void whoeverDoesNotLeadDoesNothing() {
    held.hold(Given.ISSUER);
    int before = api.requests;
    leads = false;

    keeping.look();

    assertThat(api.requests).isEqualTo(before);
    assertThat(api.finalizers(ISSUER)).isNotEmpty();
  }

  @Test
  void aCacheThatHasNotSeenTheRotationReleasesNothing() {
    held.hold(Given.ISSUER);
    ledgers.create(rotation(Given.minted()));

    keeping(new LedgerStore(api, new Nothing(), "rekey")).look();

    assertThat(api.finalizers(ISSUER)).isNotEmpty();
    assertThat(api.finalizers(CREDENTIAL)).isNotEmpty();
  }

  @Test
  void aLedgerThatNoResourceIsAboutHoldsNothing() {
    held.hold(Given.ISSUER);
    ledgers.create(rotation(Given.condemned()));
    resources.clear();

    keeping.look();

    assertThat(api.finalizers(ISSUER)).isEmpty();
  }

  @Test
  void aLedgerThatCannotBeReadMayBeAboutTheIssuer() {
    held.hold(Given.ISSUER);
    ledgers.create(rotation(Given.atRest()));
    api.garble(Names.LEDGER_LABEL);

    keeping.look();

    assertThat(api.finalizers(ISSUER)).isNotEmpty();
  }

  private void after(Duration pause) {
    now = now.plus(pause);
    keeping.look();
  }

  private IssuerKeeping keeping(LedgerStore seen) {
    return new IssuerKeeping(
        api.all(KeyIssuer.class),
        new Watched<>() {
          @Override
          public Optional<ClusterKeyIssuer> get(String space, String name) {
            return Optional.empty();
          }

          @Override
          public List<ClusterKeyIssuer> all() {
            return List.of();
          }
        },
        () -> resources,
        seen,
        held,
        new Events() {
          @Override
          public void tell(ApiKeyRotation about, Reason reason, String message, boolean warning) {
            throw new AssertionError("the resource's own namespace is not told");
          }

          @Override
          public void tellWorkload(
              String namespace, WorkloadRef workload, Reason reason, String message) {
            throw new AssertionError("no workload is restarted for an issuer");
          }

          @Override
          public void tellOperator(HasMetadata about, Reason reason, String message) {
            told.add(reason + ": " + message);
          }
        },
        Given.SETTINGS,
        () -> now,
        () -> leads);
  }

  private static Rotation rotation(Given given) {
    return ((Ledger.Held) given.seen().ledger()).rotation();
  }

  private static KeyIssuer issuer(String name, String uid, String credential) {
    return Serialization.unmarshal(
        """
        apiVersion: rekey.dev/v1alpha1
        kind: KeyIssuer
        metadata: {name: %s, namespace: payments, uid: %s}
        spec:
          http:
            url: https://keys.example
            auth: {bearer: {secretRef: {name: %s, key: token}}}
        """
            .formatted(name, uid, credential),
        KeyIssuer.class);
  }

  private static Secret credential(String name) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: payments, uid: uid-of-%s}
        data: {token: dG9rZW4=}
        """
            .formatted(name, name),
        Secret.class);
  }

  private static ApiKeyRotation resource(String deletionPolicy) {
    var resource = new ApiKeyRotation();
    resource.setMetadata(
        new ObjectMetaBuilder().withNamespace("payments").withName("messaging").build());
    resource.setSpec(
        Serialization.unmarshal(
            """
            issuerRef: {name: messaging}
            secret: {name: messaging-api-key}
            deletionPolicy: %s
            """
                .formatted(deletionPolicy),
            ApiKeyRotationSpec.class));
    return resource;
  }

  private static final class Nothing implements Watched<Secret> {
    @Override
    public Optional<Secret> get(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public List<Secret> all() {
      return List.of();
    }
  }
}
