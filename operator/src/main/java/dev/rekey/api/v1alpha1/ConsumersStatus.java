package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;

/** The pods that read the Secret, in the running or last rotation. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConsumersStatus(
    @JsonPropertyDescription("How many pods read the Secret.") @Required int total,
    @JsonPropertyDescription("How many of them are on the new key, or gone.") @Required int moved,
    @JsonPropertyDescription(
            "What is waited for, by name and with why: first pods that have the new key and are not"
                + " ready, then pods that are not on it yet, then workloads that are not rolled"
                + " out. A long list is cut; total and moved are exact.")
        @Required
        List<String> behind) {}
