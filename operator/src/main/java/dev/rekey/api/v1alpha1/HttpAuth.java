package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How Rekey authenticates to the issuer's own API. */
@ValidationRule(
    value =
        "[has(self.bearer), has(self.basic), has(self.header), has(self.query)].filter(it,"
            + " it).size() == 1",
    message =
        "write exactly one of bearer, basic, header and query, for instance bearer: {secretRef:"
            + " {name: example-admin, key: token}}")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HttpAuth(
    @JsonPropertyDescription("Sends Authorization: Bearer with a token from a Secret.")
        @Nullable BearerCredential bearer,
    @JsonPropertyDescription(
            "Sends Authorization: Basic with a user name, and a password from a Secret.")
        @Nullable BasicCredential basic,
    @JsonPropertyDescription("Sends a header of this name with a secret from a Secret.")
        @Nullable HeaderCredential header,
    @JsonPropertyDescription(
            "Sends a parameter of this name in the query of each address, with a secret from a"
                + " Secret. Addresses stand in the logs of servers and proxies on the way: prefer"
                + " another one where the service has it.")
        @Nullable QueryCredential query) {
  /** A bearer token. */
  public HttpAuth(BearerCredential bearer) {
    this(bearer, null, null, null);
  }

  /** Where the credential is kept, whichever it is. */
  public SecretKeyRef secretRef() {
    return Stream.of(
            bearer == null ? null : bearer.secretRef(),
            basic == null ? null : basic.secretRef(),
            header == null ? null : header.secretRef(),
            query == null ? null : query.secretRef())
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("an issuer without auth, which no API server stores"));
  }
}
