package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service that has a dashboard and no key API: a person makes keys there, and deletes them. */
@ValidationRule(
    value = "has(self.url) == has(self.verify)",
    message =
        "write url and verify together, for instance url: https://api.example.com and verify: {get:"
            + " /me, auth: {bearer: {value: \"${key.value}\"}}}, or neither where no request tells"
            + " whether a key works")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ManualIssuer(
    @JsonPropertyDescription(
            "Where people make keys and delete them, for instance https://dashboard.example.com."
                + " It is shown to them, and no request is sent there. Another dashboard is another"
                + " account: keys of the one before are then unfinished, and say so.")
        @Required
        @Size(max = 512)
        @ValidationRule(
            value = "self.matches('^https?://[^\\\\s${}]+$')",
            message =
                "write the address that people open, for instance https://dashboard.example.com")
        String dashboard,
    @JsonPropertyDescription(
            "What to do there, in a few sentences, as text that may hold ${request.label},"
                + " ${request.contacts}, ${rotation.namespace} and ${rotation.name}. The label, the"
                + " contacts and the Secret that the new key belongs into are told beside it.")
        @Required
        @Size(max = 512)
        @ValidationRule(
            value = "self.matches('\\\\S')",
            message =
                "say what to do, for instance: Open Settings, then API keys, and create one named"
                    + " ${request.label}.")
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        String instructions,
    @JsonPropertyDescription(
            "Who is to be written at the dashboard as the contacts of a key, for instance"
                + " [payments-oncall@agency.example]. Default: nobody.")
        @Size(max = 10)
        @ValidationRule(
            value = "self.all(it, size(it) <= 254 && it.matches('^[^\\\\s,]+$'))",
            message = "write each contact without spaces, for instance oncall@agency.example")
        @Nullable List<String> contacts,
    @JsonPropertyDescription(
            "How long a person has for making a key. After that the rotation says that it is late,"
                + " and waits on. Begin early enough: spec.schedule.renewBefore of a rotation"
                + " should be longer. Default: 14d.")
        @Default(ManualIssuer.DEFAULT_DEADLINE)
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_ZERO, message = FieldRules.NOT_ZERO_MESSAGE)
        @Nullable String deadline,
    @JsonPropertyDescription(
            "Where verify asks: scheme, host, and perhaps a port and a path, without a slash at the"
                + " end, for instance https://api.example.com. https only, and no loopback or"
                + " private address, unless the operator's configuration allows it. Default: none.")
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(
            value = "self.matches('^https?://[^@?#\\\\s${}]+[^/@?#\\\\s${}]$')",
            message =
                "write an absolute address that begins with https://, without user name, query,"
                    + " fragment or slash at the end, for instance https://api.example.com")
        @Nullable String url,
    @JsonPropertyDescription("How long one request may take, from 100ms to 2m. Default: 10s.")
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_ZERO, message = FieldRules.NOT_ZERO_MESSAGE)
        @Nullable String requestTimeout,
    @JsonPropertyDescription(
            "Asks the service whether a key works, as spec.http.verify of other issuers does. A key"
                + " that a person brings is tried before it is taken in, and the old key counts as"
                + " deleted when it is rejected. Without verify, every rotation soaks for at least"
                + " 10m, and a person says with rekey.dev/deleted that the old key is gone."
                + " Default: none.")
        @Nullable VerifyRequest verify) {

  /** What {@link #deadline} is where nothing is written. */
  public static final String DEFAULT_DEADLINE = "14d";
}
