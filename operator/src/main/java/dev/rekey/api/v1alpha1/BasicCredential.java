package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A user name, and a password from a Secret. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BasicCredential(
    @JsonPropertyDescription("The user name, as it is, for instance rekey.")
        @Required
        @Size(max = 256)
        @ValidationRule(
            value = "self.matches('^[^:\\\\p{Cc}]+$')",
            message = "write a user name without a colon, for instance rekey")
        String username,
    @JsonPropertyDescription(
            "Where the password is kept. A changed one is used at the next request; nothing has to"
                + " be restarted.")
        @Required
        SecretKeyRef secretRef) {}
