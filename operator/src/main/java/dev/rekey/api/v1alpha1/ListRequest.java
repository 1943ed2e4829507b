package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The request that lists the account's keys. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListRequest(
    @JsonPropertyDescription(
            "The path that GET is sent to, below url, for instance /keys or /keys?limit=100.")
        @Required
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        String get,
    @JsonPropertyDescription(
            "CEL over body, the JSON answer: the list of keys in it, for instance body or"
                + " body.keys.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        String items,
    @JsonPropertyDescription("What to take from each entry of the list.") @Required ListedKey item,
    @JsonPropertyDescription(
            "Whether one answer holds all the keys of the account, so that a key that is not in it"
                + " is surely not there. Say true only where it is so: ask for as many keys as the"
                + " account may have, for instance /keys?limit=1000. Where it is false, a key whose"
                + " answer was lost and that is not in this part of the list is named to a person.")
        @Required
        boolean complete) {}
