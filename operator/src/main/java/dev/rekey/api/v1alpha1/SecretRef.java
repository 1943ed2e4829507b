package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * A Secret, with all of its data, of the issuer's own namespace; for a ClusterKeyIssuer, of the
 * operator's namespace.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SecretRef(
    @JsonPropertyDescription(
            "The name of the Secret: in the KeyIssuer's own namespace, or for a ClusterKeyIssuer in"
                + " the namespace where the operator runs.")
        @Required
        @Size(max = FieldRules.NAME_LENGTH)
        @ValidationRule(value = FieldRules.NAME, message = FieldRules.NAME_MESSAGE)
        String name) {}
