package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A key as it may be shown: never its value. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyStatus(
    @JsonPropertyDescription("The issuer's id of the key.") @Nullable String id,
    @JsonPropertyDescription(
            "The last five characters of the key's value, by which people recognise it at the"
                + " issuer's dashboard.")
        @Nullable String hint,
    @JsonPropertyDescription("When the key was issued, in RFC 3339.") @Nullable String issuedAt,
    @JsonPropertyDescription("When the key stops working, in RFC 3339. Empty: no expiry is known.")
        @Nullable String expiresAt) {}
