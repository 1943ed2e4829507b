package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** What a person asks for. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApiKeyRotationSpec(
    @JsonPropertyDescription(
            "The issuer that makes the keys: a KeyIssuer of this namespace, or a ClusterKeyIssuer.")
        @Required
        IssuerRef issuerRef,
    @JsonPropertyDescription(
            "The Secret of this namespace that applications read, and what Rekey writes into it.")
        @Required
        TargetSecret secret,
    @JsonPropertyDescription(
            "The key that is in the Secret today, made by hand before Rekey came. With adopt the"
                + " first rotation replaces that key: it is minted anew, moved and the old one"
                + " deleted, as in every later rotation. Without adopt, Rekey mints a key at once"
                + " and never overwrites a value that is not its own. Handled once: it has no"
                + " effect after Rekey has taken the key into its ledger.")
        @Nullable AdoptedKey adopt,
    @JsonPropertyDescription(
            "When a key is due for rotation. Default: at half of the issuer's maxAge, and 30d"
                + " before expiry.")
        @Nullable Schedule schedule,
    @JsonPropertyDescription(
            "How running pods are moved to a new key. The old key stays alive until every pod that"
                + " reads the Secret is on the new one and the soak is over.")
        @Default("{}")
        @Nullable Rollout rollout,
    @JsonPropertyDescription(
            "What becomes of the old key once a rotation has moved every consumer to the new one.")
        @Nullable Revocation revocation,
    @JsonPropertyDescription(
            "What becomes of the key when this resource is deleted. Retain: it keeps working, and"
                + " stays in the Secret; what is unfinished is finished first. Revoke: it is"
                + " deleted at its issuer once no pod reads the Secret any more; after an hour the"
                + " resource goes all the same, and the key is named as left over. Default:"
                + " Retain.")
        @Default("Retain")
        @Nullable DeletionPolicy deletionPolicy,
    @JsonPropertyDescription(
            "Rekey only looks and tells: nothing is minted, written, restarted or deleted while"
                + " this is true. A key named in rekey.dev/revoke-now is deleted all the same."
                + " Default: false.")
        @Nullable Boolean suspend) {

  /** One that is not suspended, and whose key outlives it. */
  public ApiKeyRotationSpec(
      IssuerRef issuerRef,
      TargetSecret secret,
      @Nullable AdoptedKey adopt,
      @Nullable Schedule schedule,
      @Nullable Rollout rollout) {
    this(issuerRef, secret, adopt, schedule, rollout, null, null);
  }

  /** One whose old keys are deleted by Rekey. */
  public ApiKeyRotationSpec(
      IssuerRef issuerRef,
      TargetSecret secret,
      @Nullable AdoptedKey adopt,
      @Nullable Schedule schedule,
      @Nullable Rollout rollout,
      @Nullable DeletionPolicy deletionPolicy,
      @Nullable Boolean suspend) {
    this(issuerRef, secret, adopt, schedule, rollout, null, deletionPolicy, suspend);
  }
}
