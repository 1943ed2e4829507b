package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The request that lists the account's keys. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListRequest(
    @JsonPropertyDescription(
            "The path that GET is sent to, below url, for instance /keys or /keys?limit=100. Text"
                + " with ${CEL}.")
        @Required
        @Size(max = Rules.PATH_LENGTH)
        @ValidationRule(value = Rules.PATH, message = Rules.PATH_MESSAGE)
        @ValidationRule(value = Rules.BRACES, message = Rules.BRACES_MESSAGE)
        String get,
    @JsonPropertyDescription(
            "CEL over body, the JSON answer: the list of keys in it, for instance body or"
                + " body.keys.")
        @Required
        @Size(max = Rules.EXPRESSION_LENGTH)
        @ValidationRule(value = Rules.EXPRESSION, message = Rules.EXPRESSION_MESSAGE)
        String items,
    @JsonPropertyDescription("What to take from each entry of the list.") @Required ListedKey item,
    @JsonPropertyDescription(
            "true: one answer holds all the keys of the account, so that a key that is not in it is"
                + " gone. false: the answer may be a part; an issuer that says so is not used yet,"
                + " and rotations of it say so. Say true only where it is so. Default: false.")
        @Default("false")
        boolean complete) {}
