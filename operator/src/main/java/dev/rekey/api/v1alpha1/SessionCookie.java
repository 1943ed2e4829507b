package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A cookie that carries a session. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SessionCookie(
    @JsonPropertyDescription("The name of the cookie, for instance sid.")
        @Required
        @Size(max = FieldRules.REQUEST_NAME_LENGTH)
        @ValidationRule(
            value = "self.matches('^[-_.A-Za-z0-9]+$')",
            message = "write the name of a cookie, letters, digits, '-', '_' and '.', as sid")
        String name) {}
