package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A REST API that issues keys, described by its requests and by what to take from the answers. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HttpIssuer(
    @JsonPropertyDescription(
            "Where the API is, for instance https://api.example.com or https://example.com/api/v2:"
                + " scheme, host, and perhaps a port and a path, without a slash at the end. The"
                + " paths below are appended to it. https only, and no loopback or private address,"
                + " unless the operator's configuration allows it. Changing it sends the credential"
                + " and every later request to the new address.")
        @Required
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(
            value = "self.matches('^https?://')",
            message =
                "write an absolute address that begins with https://, for instance"
                    + " https://api.example.com (http:// only where the operator's configuration"
                    + " allows it)")
        @ValidationRule(
            value = "!self.contains('@')",
            message =
                "leave user name and password out of the address: a credential belongs in a Secret"
                    + " that auth refers to")
        @ValidationRule(
            value = "!self.matches('[?#]')",
            message =
                "leave query and fragment out of the address: queries belong in the paths, for"
                    + " instance get: /keys?limit=100")
        @ValidationRule(
            value = "!self.endsWith('/')",
            message = "leave out the slash at the end of the address: the paths begin with one")
        @ValidationRule(
            value =
                "self.contains('@') ||"
                    + " self.matches('^[a-z]*://([a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?|[[][0-9a-fA-F:]+[]])(:[0-9]{1,5})?([/?#][^\\\\s${}]*)?$')",
            message =
                "write a host, and perhaps a port and a path, as plain text without ${ }, for"
                    + " instance https://api.example.com/v1")
        String url,
    @JsonPropertyDescription(
            "How long one request to the issuer may take, from 100ms to 2m. What had no answer by"
                + " then counts as unclear, and Rekey looks for its effect. Default: 10s.")
        @Default(HttpIssuer.DEFAULT_REQUEST_TIMEOUT)
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_ZERO, message = FieldRules.NOT_ZERO_MESSAGE)
        @ValidationRule(
            value =
                "!("
                    + FieldRules.DURATION
                    + ") || (!self.contains('d') && duration(self) <= duration('2m'))",
            message = "requestTimeout must be at most 2m, for instance 10s")
        @Nullable String requestTimeout,
    @JsonPropertyDescription(
            "How Rekey authenticates to the API for create, list and delete: with the account's own"
                + " credential, or, by key, with the key in use.")
        @Required
        HttpAuth auth,
    @JsonPropertyDescription("Mints a key.") @Required CreateRequest create,
    @JsonPropertyDescription(
            "Lists the keys of the account: how Rekey finds a key whose answer was lost, knows how"
                + " full the account is, and learns when an adopted key was issued and expires."
                + " Default: none, for an API that lists nothing. A key whose answer was lost is"
                + " then named to a person, unless create.idempotencyHeader is given; adopt.keyId"
                + " is not believed; and where there is no verify either, the issuer's word that a"
                + " key is deleted has to do.")
        @Nullable ListRequest list,
    @JsonPropertyDescription("Deletes a key.") @Required DeleteRequest delete,
    @JsonPropertyDescription(
            "Asks the service whether a key works. A new key is published only after three answers"
                + " in a row say that it is accepted, and the old key deleted only after one more."
                + " After the deletion it is asked until it says that the key is rejected. Without"
                + " verify, Rekey cannot tell any of this, and every rotation soaks for at least"
                + " 10m.")
        @Nullable VerifyRequest verify,
    @JsonPropertyDescription(
            "Whether nobody but this Rekey makes keys in the account. A key whose answer was lost"
                + " is then found without a label: it is the one key that was not there before."
                + " Needs a complete list. Never say so of an account that people, other systems or"
                + " the Rekey of another cluster make keys in: their key could be deleted. Default:"
                + " false.")
        @Nullable Boolean exclusive,
    @JsonPropertyDescription(
            "Whether the issuer may give the id of a deleted key to a new one. Rekey then compares"
                + " a key's label before it repeats a delete, and asks for no new key while a"
                + " delete may still be on its way. Without a label, verify tells whether the key"
                + " is gone, and a delete is repeated only where it is not after five minutes;"
                + " without verify as well, a delete whose answer was lost is left to a person."
                + " Default: false.")
        @Nullable Boolean reusesIds,
    @JsonPropertyDescription(
            "How connections are secured: an own certificate authority, a client certificate."
                + " Default: as browsers do it.")
        @Nullable Tls tls) {
  /** One whose connections are secured as usual. */
  public HttpIssuer(
      String url,
      @Nullable String requestTimeout,
      HttpAuth auth,
      CreateRequest create,
      @Nullable ListRequest list,
      DeleteRequest delete,
      @Nullable VerifyRequest verify,
      @Nullable Boolean exclusive,
      @Nullable Boolean reusesIds) {
    this(url, requestTimeout, auth, create, list, delete, verify, exclusive, reusesIds, null);
  }

  /** One on an account that others use as well, and that never gives an id twice. */
  public HttpIssuer(
      String url,
      @Nullable String requestTimeout,
      HttpAuth auth,
      CreateRequest create,
      @Nullable ListRequest list,
      DeleteRequest delete,
      @Nullable VerifyRequest verify) {
    this(url, requestTimeout, auth, create, list, delete, verify, null, null);
  }

  /** What {@link #requestTimeout} is where nothing is written. */
  public static final String DEFAULT_REQUEST_TIMEOUT = "10s";
}
