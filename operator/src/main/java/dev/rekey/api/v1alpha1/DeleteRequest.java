package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The request that deletes a key. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeleteRequest(
    @JsonPropertyDescription(
            "The path that DELETE is sent to, below url. It must name the key, for instance"
                + " /keys/${key.id}. 404 and 410 count as deleted. It is sent only after every pod"
                + " has moved to another key.")
        @Required
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @ValidationRule(
            value = FieldRules.NAMES_THE_KEY,
            message =
                "the path must name the key that is deleted, for instance /keys/${key.id}: without"
                    + " it the request could delete more than one key")
        String delete) {}
