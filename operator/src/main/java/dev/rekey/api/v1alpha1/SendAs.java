package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How requests carry a session. */
@ValidationRule(
    value =
        "[has(self.bearer) && self.bearer, has(self.header), has(self.cookie)].filter(it,"
            + " it).size() == 1",
    message =
        "write exactly one of bearer: true, header and cookie, for instance header: {name:"
            + " X-Session}")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SendAs(
    @JsonPropertyDescription("Write true to send Authorization: Bearer with the session.")
        @Nullable Boolean bearer,
    @JsonPropertyDescription("Sends a header of this name with the session.")
        @Nullable SessionHeader header,
    @JsonPropertyDescription("Sends a cookie of this name with the session.")
        @Nullable SessionCookie cookie) {}
