package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request that mints a key. */
@ValidationRule(value = FieldRules.ONE_METHOD, message = FieldRules.ONE_METHOD_MESSAGE)
@ValidationRule(value = FieldRules.ONE_BODY, message = FieldRules.ONE_BODY_MESSAGE)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CreateRequest(
    @JsonPropertyDescription(
            "The path that POST is sent to, below url, for instance /keys. Text with ${CEL} over"
                + " request. Exactly one of get, post, put, patch and delete is written.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String post,
    @JsonPropertyDescription(
            "The JSON object that is sent. Texts in it, at any depth, may hold ${CEL} over request;"
                + " a text that is one whole ${ } keeps the type of its result. Take"
                + " ${request.label} into it wherever the issuer keeps a name: by this label Rekey"
                + " finds a key again whose answer was lost on the way, where list tells it. For"
                + " instance {name: \"${request.label}\", scopes: [send]}. ${credential.value} is"
                + " the credential of auth, for a service that wants it in the body as well."
                + " Default: no body.")
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
        @Nullable String idempotencyHeader,
    @JsonPropertyDescription(
            "The path that GET is sent to, below url, in place of another method. Default: none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String get,
    @JsonPropertyDescription(
            "The path that PUT is sent to, below url, in place of another method. Default: none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String put,
    @JsonPropertyDescription(
            "The path that PATCH is sent to, below url, in place of another method. Default: none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String patch,
    @JsonPropertyDescription(
            "The path that DELETE is sent to, below url, in place of another method. Default:"
                + " none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String delete,
    @JsonPropertyDescription(
            "Further headers of the request, by name, as text with ${CEL}, for instance {Accept:"
                + " application/vnd.example+json}. Their values may not be secret: credentials"
                + " belong into auth. Default: none.")
        @ValidationRule(value = FieldRules.HEADERS, message = FieldRules.HEADER_MESSAGE)
        @ValidationRule(
            value = FieldRules.HEADERS_NOT_OURS,
            message = FieldRules.HEADERS_NOT_OURS_MESSAGE)
        @ValidationRule(value = FieldRules.MAP_BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable Map<String, String> headers,
    @JsonPropertyDescription(
            "A body as HTML forms are sent (application/x-www-form-urlencoded), in place of body:"
                + " names, and texts that may hold ${CEL}, for instance {name:"
                + " \"${request.label}\"}. ${credential.value} is the credential of auth. Default:"
                + " no body.")
        @ValidationRule(value = FieldRules.MAP_BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable Map<String, String> form,
    @JsonPropertyDescription(
            "CEL over status, headers and body: true where the answer means success, for a service"
                + " that tells it in the body as well, for instance body.ok == true. An answer with"
                + " a status of 400 or more never does. What is no success is a refusal where its"
                + " status is 4xx other than 408 and 409; after any other Rekey looks for the key"
                + " that may have been made. Default: status >= 200 && status < 300.")
        @Default(DeclaredRequest.DEFAULT_SUCCESS)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String success,
    @JsonPropertyDescription(
            "CEL over status, headers and body: true where the service refuses because a key of"
                + " that name is there already, for instance status == 422 && body.code == 'taken'."
                + " It may be the very key that was asked for, whose answer was lost, so Rekey"
                + " looks for it. Status 409 always means so. Default: status == 409.")
        @Default(CreateRequest.DEFAULT_CONFLICT)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String conflict)
    implements DeclaredRequest {

  /** What {@link #conflict} is where nothing is written. */
  public static final String DEFAULT_CONFLICT = "status == 409";

  /** A POST as most services want it. */
  public CreateRequest(
      String post,
      @Nullable Map<String, Object> body,
      MintedKey key,
      @Nullable String idempotencyHeader) {
    this(
        post,
        body,
        key,
        idempotencyHeader,
        null,
        null,
        null,
        null,
        null,
        null,
        DeclaredRequest.DEFAULT_SUCCESS,
        DEFAULT_CONFLICT);
  }

  /** A request that is never repeated. */
  public CreateRequest(String post, @Nullable Map<String, Object> body, MintedKey key) {
    this(post, body, key, null);
  }
}
