package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A user name and a password made of the key that is verified. */
@ValidationRule(
    value =
        "self.username.matches('[$][{][^}]*key[.]') || self.password.matches('[$][{][^}]*key[.]')",
    message =
        "user name or password must be made of the key that is verified, for instance password:"
            + " ${key.value}: anything else would prove another credential")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyBasic(
    @JsonPropertyDescription(
            "The user name, as text with ${CEL} over key, for instance ${key.id}, or as it is.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        String username,
    @JsonPropertyDescription(
            "The password, as text with ${CEL} over key, nearly always ${key.value}.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        String password) {}
