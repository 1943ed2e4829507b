package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import org.jspecify.annotations.Nullable;

/** What becomes of the old key of a rotation. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Revocation(
    @JsonPropertyDescription(
            "Delete: Rekey deletes the old key at its issuer once nobody needs it any more. Manual:"
                + " Rekey deletes no key that was in use; it names the old one, in an Event and in"
                + " status.history, for somebody to delete at the issuer. With Manual a rotation"
                + " whose pods do not all move within progressTimeout ends as well, and the pods"
                + " that may hold the old key are named. Default: Delete.")
        @Default("Delete")
        @Nullable RevocationPolicy policy) {}
