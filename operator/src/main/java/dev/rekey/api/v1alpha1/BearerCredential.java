package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** A bearer token from a Secret. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BearerCredential(
    @JsonPropertyDescription(
            "Where the token is kept. A changed token is used at the next request; nothing has to"
                + " be restarted.")
        @Required
        SecretKeyRef secretRef) {}
