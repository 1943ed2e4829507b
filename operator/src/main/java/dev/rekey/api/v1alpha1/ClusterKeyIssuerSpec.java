package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An account at a service that issues keys, and who may use it. */
@ValidationRule(
    value = "[has(self.http), has(self.manual)].filter(it, it).size() == 1",
    message =
        "write exactly one type of issuer: http for a REST API, or manual for a service that has"
            + " only a dashboard")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClusterKeyIssuerSpec(
    @JsonPropertyDescription(
            "The namespaces whose ApiKeyRotations may use this issuer, by name, for instance"
                + " [payments, shop]. A rotation of any other namespace is refused with a condition"
                + " that says so, and no request is made for it. Taking a namespace away stops new"
                + " rotations there; its keys stay alive.")
        @Required
        @Size(max = 256)
        @ValidationRule(
            value = "size(self) > 0",
            message =
                "name at least one namespace, for instance [payments]: an issuer that nobody may"
                    + " use does nothing")
        @ValidationRule(
            value = "self.all(n, size(n) <= 63 && n.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'))",
            message =
                "write each namespace by its own name, for instance payments: lower-case letters,"
                    + " digits and '-', at most 63 characters; patterns such as * are not possible")
        List<String> allowedNamespaces,
    @JsonPropertyDescription(
            "The longest that the issuer lets a key live, for instance 180d. Rotations are planned"
                + " so that no key gets that old; a schedule.interval that does not fit is refused"
                + " by a condition of the rotation. Where the issuer's answers hold no expiry, a"
                + " key expires at the moment of the request plus maxAge. Default: no limit is"
                + " known; rotations then need a schedule.interval or an expiry from the issuer.")
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_ZERO, message = FieldRules.NOT_ZERO_MESSAGE)
        @Nullable String maxAge,
    @JsonPropertyDescription(
            "How many keys the account may hold at once, all teams together. At least 2, because"
                + " the old and the new key exist side by side during a rotation. Before a mint the"
                + " keys are listed; where the account is full, the rotation waits and says so"
                + " instead of asking for a key that the issuer would refuse. Default: no limit is"
                + " known.")
        @ValidationRule(
            value = "self >= 2",
            message =
                "quota must be at least 2: during a rotation the old and the new key exist side by"
                    + " side; an account that can hold only one key cannot be rotated without an"
                    + " outage")
        @ValidationRule(
            value = "self <= 1000000",
            message = "quota must be at most 1000000: leave it out if the issuer has no limit")
        @Nullable Integer quota,
    @JsonPropertyDescription(
            "How much Rekey asks the issuer, all rotations together. Default: 600 requests a"
                + " minute, 8 at once.")
        @Nullable Limits limits,
    @JsonPropertyDescription(
            "The issuer's REST API, described by its requests and by what to take from the answers."
                + " Text may hold ${CEL}; each ${ } in a path is encoded as one segment; a literal"
                + " ${ is written $${.")
        @Nullable HttpIssuer http,
    @JsonPropertyDescription(
            "A service that has a dashboard and no key API: Rekey asks a person to make the new key"
                + " and to delete the old one, and does all the rest in order.")
        @Nullable ManualIssuer manual)
    implements IssuerSpec {
  /** One with a REST API and the usual limits. */
  public ClusterKeyIssuerSpec(
      List<String> allowedNamespaces,
      @Nullable String maxAge,
      @Nullable Integer quota,
      @Nullable HttpIssuer http) {
    this(allowedNamespaces, maxAge, quota, null, http, null);
  }
}
