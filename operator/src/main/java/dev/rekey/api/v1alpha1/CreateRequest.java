package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request that mints a key. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CreateRequest(
    @JsonPropertyDescription(
            "The path that the request is POSTed to, below url, for instance /keys. Text with"
                + " ${CEL}.")
        @Required
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        String post,
    @JsonPropertyDescription(
            "The JSON object that is sent. Texts in it, at any depth, may hold ${CEL} over request;"
                + " a text that is one whole ${ } keeps the type of its result. Take"
                + " ${request.label} into it wherever the issuer keeps a name: by this label Rekey"
                + " finds a key again whose answer was lost on the way, where list tells it. For"
                + " instance {name: \"${request.label}\", scopes: [send]}. Default: no body.")
        @PreserveUnknownFields
        @Nullable Map<String, Object> body,
    @JsonPropertyDescription(
            "What to take from the answer. An answer without an id or a value is a failed mint, and"
                + " the key is looked for at the issuer as far as that can be done.")
        @Required
        MintedKey key,
    @JsonPropertyDescription(
            "The header by which the issuer knows a request that is sent once more, for instance"
                + " Idempotency-Key: it then answers with the same key instead of making another"
                + " one. Rekey sends the attempt's id in it, and repeats a request whose answer was"
                + " lost. Name it only where the issuer documents it so. Default: none.")
        @Size(max = 64)
        @ValidationRule(
            value = "self.matches('^[A-Za-z][-A-Za-z0-9]*$')",
            message =
                "write the name of a header, letters, digits and dashes, for instance"
                    + " Idempotency-Key")
        @ValidationRule(
            value =
                "!(self.lowerAscii() in ['authorization', 'accept', 'connection', 'content-length',"
                    + " 'content-type', 'cookie', 'expect', 'host', 'transfer-encoding',"
                    + " 'upgrade', 'user-agent'])",
            message =
                "that header has another meaning; name the one that the issuer documents for"
                    + " repeated requests, for instance Idempotency-Key")
        @Nullable String idempotencyHeader) {

  /** A request that is never repeated. */
  public CreateRequest(String post, @Nullable Map<String, Object> body, MintedKey key) {
    this(post, body, key, null);
  }
}
