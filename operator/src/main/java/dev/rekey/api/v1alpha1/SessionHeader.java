package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A header that carries a session. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SessionHeader(
    @JsonPropertyDescription("The name of the header, for instance X-Session.")
        @Required
        @Size(max = FieldRules.REQUEST_NAME_LENGTH)
        @ValidationRule(value = FieldRules.HEADER, message = FieldRules.HEADER_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_OURS, message = FieldRules.NOT_OURS_MESSAGE)
        String name,
    @JsonPropertyDescription(
            "Text that stands before the session, a space included where there is one, for instance"
                + " \"Session \". Default: none.")
        @Size(max = 128)
        @ValidationRule(
            value = "self.matches('^[ -~]*$')",
            message =
                "write text that a header can carry: letters, digits and signs of ASCII on one"
                    + " line, for instance \"Session \"")
        @Nullable String prefix) {}
