package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Where a list goes on. */
@ValidationRule(
    value =
        "[has(self.linkHeader), has(self.address), has(self.cursor)].filter(it, it).size() == 1",
    message =
        "write exactly one of linkHeader, address and cursor, for instance next: {linkHeader:"
            + " true}")
@ValidationRule(
    value = "has(self.cursor) == has(self.parameter)",
    message =
        "write cursor and parameter together, for instance next: {cursor: body.next_cursor,"
            + " parameter: cursor}")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NextPage(
    @JsonPropertyDescription(
            "true: the address of the next page is the Link header's with rel=next, and the page"
                + " without one is the last. Default: not read.")
        @ValidationRule(
            value = "self",
            message = "write linkHeader: true, or leave it out and write address or cursor")
        @Nullable Boolean linkHeader,
    @JsonPropertyDescription(
            "CEL over status, headers, body and page, the number of the page that was read: the"
                + " address of the next page, whole or relative, for instance body.links.next."
                + " Where it gives nothing, null or empty text, that page was the last. Scheme,"
                + " host and port must be those of url. Default: none.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String address,
    @JsonPropertyDescription(
            "CEL over status, headers, body and page: what the next page is asked for with, for"
                + " instance body.next_cursor, headers['x-next-page'], or size(body) < 100 ? '' :"
                + " string(page + 1). Where it gives nothing, null or empty text, that page was the"
                + " last. Default: none.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String cursor,
    @JsonPropertyDescription(
            "The parameter of the query that the cursor is sent in, for instance cursor or page.")
        @Size(max = FieldRules.REQUEST_NAME_LENGTH)
        @ValidationRule(value = FieldRules.QUERY_NAME, message = FieldRules.QUERY_NAME_MESSAGE)
        @Nullable String parameter,
    @JsonPropertyDescription(
            "How many pages are read at most, from 1 to 1000. A list that has more is not complete,"
                + " whatever complete says. Default: 50.")
        @Default("50")
        @ValidationRule(
            value = "self >= 1 && self <= 1000",
            message = "write a number of pages from 1 to 1000, for instance 50")
        @Nullable Integer maxPages) {
  /** What {@link #maxPages} is where nothing is written. */
  public static final int DEFAULT_MAX_PAGES = 50;
}
