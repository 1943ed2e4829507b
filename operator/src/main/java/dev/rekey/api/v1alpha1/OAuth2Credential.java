package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** OAuth2 client credentials: a token from a token endpoint. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OAuth2Credential(
    @JsonPropertyDescription(
            "The token endpoint, for instance https://login.example.com/oauth2/token. The same"
                + " rules hold for it as for url: https only, and no loopback or private address,"
                + " unless the operator's configuration allows it.")
        @Required
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(
            value =
                "self.matches('^https?://([a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?|[[][0-9a-fA-F:]+[]])(:[0-9]{1,5})?(/[^\\\\s#${}]*)?$')",
            message =
                "write the whole address of the token endpoint as plain text, without user,"
                    + " fragment or ${ }, for instance https://login.example.com/oauth2/token")
        String tokenUrl,
    @JsonPropertyDescription("The client's id, as it is, for instance rekey.")
        @Required
        @Size(max = 256)
        @ValidationRule(
            value = "self.matches('^[^\\\\p{Cc}]+$')",
            message = "write the client's id on one line, for instance rekey")
        String clientId,
    @JsonPropertyDescription(
            "Where the client's secret is kept. A changed one is used as soon as the old one is"
                + " refused, or after 15m; nothing has to be restarted.")
        @Required
        SecretKeyRef secretRef,
    @JsonPropertyDescription(
            "The scopes that are asked for, with spaces between them, for instance \"keys:read"
                + " keys:write\". Default: none is asked for.")
        @Size(max = 1024)
        @ValidationRule(
            value = "self.matches('^[!-~]+( [!-~]+)*$')",
            message = "write scopes with one space between them, for instance keys:read keys:write")
        @Nullable String scope,
    @JsonPropertyDescription(
            "For whom the token is meant, as some services ask for it, for instance"
                + " https://api.example.com. Default: it is not said.")
        @Size(max = 1024)
        @ValidationRule(
            value = "self.matches('^[!-~]+$')",
            message = "write the audience without spaces, for instance https://api.example.com")
        @Nullable String audience,
    @JsonPropertyDescription(
            "How the client's id and secret are sent to the token endpoint: Basic, as user name and"
                + " password, which every such endpoint takes, or Form, as client_id and"
                + " client_secret, where the service documents that. Default: Basic.")
        @Default("Basic")
        @Nullable ClientAuthentication clientAuthentication) {}
