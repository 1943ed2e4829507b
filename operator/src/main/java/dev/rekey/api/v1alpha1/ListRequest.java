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

/** The request that lists the account's keys. */
@ValidationRule(value = FieldRules.ONE_METHOD, message = FieldRules.ONE_METHOD_MESSAGE)
@ValidationRule(value = FieldRules.ONE_BODY, message = FieldRules.ONE_BODY_MESSAGE)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListRequest(
    @JsonPropertyDescription(
            "The path that GET is sent to, below url, for instance /keys or /keys?limit=100."
                + " Exactly one of get, post, put, patch and delete is written.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @Nullable String get,
    @JsonPropertyDescription(
            "CEL over body, the JSON answer: the list of keys in it, for instance body or"
                + " body.keys.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        String items,
    @JsonPropertyDescription("What to take from each entry of the list.") @Required ListedKey item,
    @JsonPropertyDescription(
            "Whether the answer, or all pages together, holds all the keys of the account, so that"
                + " a key that is not in it is surely not there. Say true only where it is so: ask"
                + " for as many keys as the account may have, for instance /keys?limit=1000, or say"
                + " where the next page is. Where it is false, a key whose answer was lost and that"
                + " is not in this part of the list is named to a person.")
        @Required
        boolean complete,
    @JsonPropertyDescription(
            "How the next page is found, for a service that lists in pages: linkHeader, address or"
                + " cursor. All pages together may take 2m. Default: one answer is the whole list.")
        @Nullable NextPage next,
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
                + " a status of 400 or more never does. What is no success is no list. Default:"
                + " status >= 200 && status < 300.")
        @Default(DeclaredRequest.DEFAULT_SUCCESS)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String success)
    implements DeclaredRequest {

  /** A GET as most services want it. */
  public ListRequest(String get, String items, ListedKey item, boolean complete) {
    this(
        get,
        items,
        item,
        complete,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        DeclaredRequest.DEFAULT_SUCCESS);
  }
}
