package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How the verifying request carries the key. */
@ValidationRule(
    value =
        "[has(self.bearer), has(self.basic), has(self.header), has(self.query)].filter(it,"
            + " it).size() == 1",
    message =
        "write exactly one of bearer, basic, header and query, for instance bearer: {value:"
            + " \"${key.value}\"}")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VerifyAuth(
    @JsonPropertyDescription("Sends Authorization: Bearer with the key that is verified.")
        @Nullable KeyBearer bearer,
    @JsonPropertyDescription(
            "Sends Authorization: Basic with a user name and a password, of which the key that is"
                + " verified is one or both.")
        @Nullable KeyBasic basic,
    @JsonPropertyDescription("Sends a header of this name with the key that is verified.")
        @Nullable KeyHeader header,
    @JsonPropertyDescription(
            "Sends a parameter of this name in the query of the address, with the key that is"
                + " verified. Addresses stand in the logs of servers and proxies on the way: prefer"
                + " another one where the service has it.")
        @Nullable KeyQuery query) {
  /** A bearer token. */
  public VerifyAuth(KeyBearer bearer) {
    this(bearer, null, null, null);
  }
}
