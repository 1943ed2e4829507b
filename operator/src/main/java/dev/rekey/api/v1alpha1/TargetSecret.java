package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Secret that applications read. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TargetSecret(
    @JsonPropertyDescription(
            "The name of the Secret, for instance postman-api-key. It cannot be changed afterwards:"
                + " pods still read the old Secret, so make a new ApiKeyRotation for another one.")
        @Required
        @Size(max = FieldRules.NAME_LENGTH)
        @ValidationRule(value = FieldRules.NAME, message = FieldRules.NAME_MESSAGE)
        @ValidationRule(
            value = "self == oldSelf",
            message =
                "spec.secret.name cannot be changed: pods still read the old Secret; make a new"
                    + " ApiKeyRotation for another Secret")
        @ValidationRule(
            value = "!self.startsWith('sh.helm.release.') && !self.startsWith('bootstrap-token-')",
            message =
                "this name belongs to a Secret of Helm or of Kubernetes itself: write the name of"
                    + " the Secret that your application reads")
        String name,
    @JsonPropertyDescription(
            "Create: make the Secret if it is missing; a Secret that somebody else made is left"
                + " alone and the condition says so. Merge: write only the keys named in data into"
                + " a Secret that exists, of type Opaque; everything else in it stays as it is."
                + " Default: Create.")
        @Default("Create")
        CreationPolicy creationPolicy,
    @JsonPropertyDescription(
            "What is written into the Secret: each entry is a key of its data and a text with"
                + " ${CEL} over key.id and key.value, for instance {POSTMAN_API_KEY:"
                + " \"${key.value}\"}. At least one must hold ${key.value}; all else in the text is"
                + " copied, so that a whole configuration file is possible. A change of it counts"
                + " from the next rotation on. Default: {apiKey: \"${key.value}\"}.")
        @Default(
            "{\"" + TargetSecret.DEFAULT_DATA_KEY + "\": \"" + TargetSecret.DEFAULT_TEXT + "\"}")
        @ValidationRule(
            value = "size(self) > 0",
            message =
                "write at least one entry, for instance {apiKey: \"${key.value}\"}, or leave data"
                    + " out")
        @ValidationRule(
            value =
                "self.all(k, size(k) <= 253 && k.matches('^[-._a-zA-Z0-9]+$') && k != '.' &&"
                    + " !k.startsWith('..'))",
            message =
                "each name in data must be a key of a Secret: letters, digits, '-', '_' and '.', at"
                    + " most 253 characters, for instance API_KEY")
        @ValidationRule(
            value =
                "self.all(k, !self[k].replace('$${', '').matches('[$][{][^}]*([$][{]|$)') &&"
                    + " !self[k].matches('[$][{] *[}]'))",
            message = FieldRules.BRACES_MESSAGE)
        @ValidationRule(
            value = "self.size() == 0 || self.exists(k, self[k].matches('[$][{][^}]*key'))",
            message =
                "at least one entry must hold the key, for instance {apiKey: \"${key.value}\"}:"
                    + " otherwise the Secret would never change")
        @Nullable Map<String, String> data) {
  /** The one key of {@link #data} where nothing is written. */
  public static final String DEFAULT_DATA_KEY = "apiKey";

  /** The text of {@link #DEFAULT_DATA_KEY}. */
  public static final String DEFAULT_TEXT = "${key.value}";

  public TargetSecret {
    creationPolicy =
        creationPolicy == null
            ? CreationPolicy.Create
            : creationPolicy; // as the API server would have written
  }
}
