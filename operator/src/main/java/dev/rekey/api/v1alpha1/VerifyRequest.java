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

/** The request that tells whether a key works. */
@ValidationRule(value = FieldRules.ONE_METHOD, message = FieldRules.ONE_METHOD_MESSAGE)
@ValidationRule(value = FieldRules.ONE_BODY, message = FieldRules.ONE_BODY_MESSAGE)
@ValidationRule(
    value = "!has(self.accepted) || !has(self.rejected) || self.accepted != self.rejected",
    message =
        "accepted and rejected must differ, for instance accepted: status == 200 and rejected:"
            + " status == 401")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VerifyRequest(
    @JsonPropertyDescription(
            "The path that GET is sent to, below url: something cheap that any valid key may read"
                + " and that changes nothing, for instance /me. Exactly one of get, post, put,"
                + " patch and delete is written.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String get,
    @JsonPropertyDescription(
            "How the request carries the key that is verified. The account's own credential is not"
                + " sent.")
        @Required
        VerifyAuth auth,
    @JsonPropertyDescription(
            "CEL over status, the HTTP status as a number, and body, the JSON answer or null: true"
                + " where the key works. Default: status >= 200 && status < 300.")
        @Default(VerifyRequest.DEFAULT_ACCEPTED)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String accepted,
    @JsonPropertyDescription(
            "CEL over status and body: true where the service says that the key does not work. What"
                + " is neither accepted nor rejected (a time-out, a 500, a 429) is unknown, and"
                + " asked again. Default: status == 401.")
        @Default(VerifyRequest.DEFAULT_REJECTED)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String rejected,
    @JsonPropertyDescription(
            "The path that POST is sent to, below url, in place of another method. Default: none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String post,
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
            "The JSON object that is sent. Texts in it, at any depth, may hold ${CEL}. Default: no"
                + " body.")
        @PreserveUnknownFields
        @Nullable Map<String, Object> body,
    @JsonPropertyDescription(
            "A body as HTML forms are sent (application/x-www-form-urlencoded), in place of body:"
                + " names, and texts that may hold ${CEL}, for instance {name:"
                + " \"${request.label}\"}. Default: no body.")
        @ValidationRule(value = FieldRules.MAP_BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable Map<String, String> form)
    implements DeclaredRequest {
  /** A GET as most services want it. */
  public VerifyRequest(
      String get, VerifyAuth auth, @Nullable String accepted, @Nullable String rejected) {
    this(get, auth, accepted, rejected, null, null, null, null, null, null, null);
  }

  /** What {@link #accepted} is where nothing is written. */
  public static final String DEFAULT_ACCEPTED = "status >= 200 && status < 300";

  /** What {@link #rejected} is where nothing is written. */
  public static final String DEFAULT_REJECTED = "status == 401";
}
