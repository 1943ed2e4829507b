package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The issuer that mints the keys. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IssuerRef(
    @JsonPropertyDescription(
            "KeyIssuer: one of this namespace. ClusterKeyIssuer: one for several namespaces; it"
                + " must name this namespace in allowedNamespaces. Default: KeyIssuer.")
        @Default("KeyIssuer")
        IssuerKind kind,
    @JsonPropertyDescription(
            "The name of the issuer, for instance messaging. An issuer that does not exist yet is"
                + " waited for; the condition Ready says so. Change it only while no rotation runs:"
                + " a key of the old issuer that is still to be deleted waits until that issuer is"
                + " named again.")
        @Required
        @Size(max = FieldRules.NAME_LENGTH)
        @ValidationRule(value = FieldRules.NAME, message = FieldRules.NAME_MESSAGE)
        String name) {
  public IssuerRef {
    kind = kind == null ? IssuerKind.KeyIssuer : kind; // as the API server would have written
  }
}
