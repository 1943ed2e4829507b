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

/** A login request, whose answer carries a session. */
@ValidationRule(
    value = "[has(self.get), has(self.post), has(self.put)].filter(it, it).size() == 1",
    message =
        "write exactly one of get, post and put with the path of the login, for instance post:"
            + " /session")
@ValidationRule(value = FieldRules.ONE_BODY, message = FieldRules.ONE_BODY_MESSAGE)
@ValidationRule(
    value = "has(self.token) || has(self.sendAs.cookie)",
    message =
        "write where the answer has the session, for instance token: body.token; only a cookie is"
            + " found without it")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LoginCredential(
    @JsonPropertyDescription(
            "The path that POST is sent to, below url, for instance /session. Exactly one of get,"
                + " post and put is written.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @Nullable String post,
    @JsonPropertyDescription(
            "The path that GET is sent to, below url, in place of another method. Default: none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @Nullable String get,
    @JsonPropertyDescription(
            "The path that PUT is sent to, below url, in place of another method. Default: none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @Nullable String put,
    @JsonPropertyDescription(
            "The Secret with what is logged in with. Its data keys are known as credential, for"
                + " instance ${credential.username} or ${credential['user-name']}. A changed one is"
                + " used as soon as the old one is refused, or after 15m; nothing has to be"
                + " restarted.")
        @Required
        SecretRef secretRef,
    @JsonPropertyDescription(
            "Further headers of the login, by name, as text with ${CEL} over credential. Default:"
                + " none.")
        @ValidationRule(value = FieldRules.HEADERS, message = FieldRules.HEADER_MESSAGE)
        @ValidationRule(
            value = FieldRules.HEADERS_NOT_OURS,
            message = FieldRules.HEADERS_NOT_OURS_MESSAGE)
        @ValidationRule(value = FieldRules.MAP_BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable Map<String, String> headers,
    @JsonPropertyDescription(
            "The JSON object that is sent. Texts in it, at any depth, may hold ${CEL} over"
                + " credential, for instance {user: \"${credential.username}\", password:"
                + " \"${credential.password}\"}. Default: no body.")
        @PreserveUnknownFields
        @Nullable Map<String, Object> body,
    @JsonPropertyDescription(
            "A body as HTML forms are sent (application/x-www-form-urlencoded), in place of body."
                + " Default: no body.")
        @ValidationRule(value = FieldRules.MAP_BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable Map<String, String> form,
    @JsonPropertyDescription(
            "CEL over status, headers and body: true where the login succeeded. An answer with a"
                + " status of 400 or more never does. Default: status >= 200 && status < 300.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String success,
    @JsonPropertyDescription(
            "CEL over status, headers and body: the session in the answer, for instance body.token"
                + " or headers['x-session'], names of headers in lower case. Default: the cookie"
                + " that sendAs.cookie names, as the answer sets it.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String token,
    @JsonPropertyDescription("How further requests carry the session.") @Required SendAs sendAs,
    @JsonPropertyDescription(
            "CEL over status, headers and body: for how many seconds the session is good, for"
                + " instance body.expires_in. Default: not known; the session is then used for 5m,"
                + " or until it is refused.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String expiresIn,
    @JsonPropertyDescription(
            "CEL over status, headers and body: when the session ends, in place of expiresIn, for"
                + " instance body.expires_at. Default: not known.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String expiresAt)
    implements DeclaredRequest {

  /** Nobody logs in by PATCH. */
  @Override
  public @Nullable String patch() {
    return null;
  }

  /** Nobody logs in by DELETE. */
  @Override
  public @Nullable String delete() {
    return null;
  }
}
