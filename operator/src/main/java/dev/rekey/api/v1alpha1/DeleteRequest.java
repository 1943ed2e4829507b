package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request that deletes a key. */
@ValidationRule(value = FieldRules.ONE_METHOD, message = FieldRules.ONE_METHOD_MESSAGE)
@ValidationRule(value = FieldRules.ONE_BODY, message = FieldRules.ONE_BODY_MESSAGE)
@ValidationRule(
    value =
        "has(self.body) || (has(self.form) && self.form.exists(it,"
            + " self.form[it].matches('[$][{][^}]*key[.]'))) || [has(self.get) ? self.get : '',"
            + " has(self.post) ? self.post : '', has(self.put) ? self.put : '', has(self.patch) ?"
            + " self.patch : '', has(self.delete) ? self.delete : ''].exists(it,"
            + " it.matches('[$][{][^}]*key[.]'))",
    message =
        "the path must name the key that is deleted, for instance /keys/${key.id}: without it the"
            + " request could delete more than one key; or name it in body or form")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeleteRequest(
    @JsonPropertyDescription(
            "The path that DELETE is sent to, below url. It must name the key, for instance"
                + " /keys/${key.id}, unless body or form does. It is sent only after every pod has"
                + " moved to another key. Exactly one of get, post, put, patch and delete is"
                + " written.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String delete,
    @JsonPropertyDescription(
            "The path that GET is sent to, below url, in place of another method. Default: none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String get,
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
            "The JSON object that is sent. Texts in it, at any depth, may hold ${CEL};"
                + " ${credential.value} is the credential of auth. Default: no body.")
        @PreserveUnknownFields
        @Nullable Map<String, Object> body,
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
                + " a status of 400 or more never does. What is neither a success nor gone has"
                + " failed, and is tried again. Default: status >= 200 && status < 300.")
        @Default(DeclaredRequest.DEFAULT_SUCCESS)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String success,
    @JsonPropertyDescription(
            "CEL over status, headers and body: true where the service says that there is no such"
                + " key, so that it counts as deleted, for instance status == 400 && body.code =="
                + " 'no_such_key'. Never where the status is 401, 408, 429 or 5xx. Default: status"
                + " == 404 || status == 410.")
        @Default(DeleteRequest.DEFAULT_GONE)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String gone)
    implements DeclaredRequest {

  /** What {@link #gone} is where nothing is written. */
  public static final String DEFAULT_GONE = "status == 404 || status == 410";

  /** A DELETE as most services want it. */
  public DeleteRequest(String delete) {
    this(
        delete,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        DeclaredRequest.DEFAULT_SUCCESS,
        DEFAULT_GONE);
  }
}
