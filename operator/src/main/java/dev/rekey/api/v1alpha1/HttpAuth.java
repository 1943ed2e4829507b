package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How Rekey authenticates to the issuer's own API. */
@ValidationRule(
    value =
        "[has(self.bearer), has(self.basic), has(self.header), has(self.query), has(self.oauth2),"
            + " has(self.login), has(self.key)].filter(it, it).size() == 1",
    message =
        "write exactly one of bearer, basic, header, query, oauth2, login and key, for instance"
            + " bearer: {secretRef: {name: example-admin, key: token}}")
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
        @Nullable QueryCredential query,
    @JsonPropertyDescription(
            "Asks a token endpoint for a token by OAuth2 client credentials, and sends"
                + " Authorization: Bearer with it. A token is used until shortly before it"
                + " expires.")
        @Nullable OAuth2Credential oauth2,
    @JsonPropertyDescription(
            "Logs in by a request of its own, and sends the session that the answer carries.")
        @Nullable LoginCredential login,
    @JsonPropertyDescription(
            "Sends the key in use: for a service whose keys make, list and delete keys themselves."
                + " A new key is asked for with the current one, and the old one deleted with the"
                + " new one. The first key has to be in the Secret already, and is taken over from"
                + " there.")
        @Nullable VerifyAuth key) {
  /** A bearer token. */
  public HttpAuth(BearerCredential bearer) {
    this(bearer, null, null, null);
  }

  /** One of those that are sent as they are kept. */
  public HttpAuth(
      @Nullable BearerCredential bearer,
      @Nullable BasicCredential basic,
      @Nullable HeaderCredential header,
      @Nullable QueryCredential query) {
    this(bearer, basic, header, query, null, null, null);
  }

  /** Where the credential is kept, whichever it is; empty where the keys themselves are it. */
  public Optional<CredentialPlace> credentialPlace() {
    var login = this.login;
    return Stream.of(
            bearer == null ? null : bearer.secretRef(),
            basic == null ? null : basic.secretRef(),
            header == null ? null : header.secretRef(),
            query == null ? null : query.secretRef(),
            oauth2 == null ? null : oauth2.secretRef())
        .filter(Objects::nonNull)
        .findFirst()
        .map(CredentialPlace::of)
        .or(() ->
            login == null
                ? Optional.empty()
                : Optional.of(new CredentialPlace(login.secretRef().name(), Optional.empty())));
  }
}
