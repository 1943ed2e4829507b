package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.BearerCredential;
import dev.rekey.api.v1alpha1.CreateRequest;
import dev.rekey.api.v1alpha1.DeleteRequest;
import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.HttpIssuer;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.MintedKey;
import dev.rekey.api.v1alpha1.SecretKeyRef;
import dev.rekey.api.v1alpha1.VerifyRequest;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Verdict;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one request that a service without a key API may have: whether a key works. It is that of an
 * http issuer, none of whose other requests is ever made.
 */
public final class HttpVerifier {
  private static final String HTTP = "spec.http.";

  private final HttpKeyIssuer issuer;
  private final String at;

  private HttpVerifier(HttpKeyIssuer issuer, String at) {
    this.issuer = issuer;
    this.at = at;
  }

  /**
   * Makes a verifier of its definition. No request is made.
   *
   * @param at where the definition stands in the issuer, as {@code spec.manual.}
   * @throws IssuerProblem when the definition cannot be used, with all that is wrong in it
   */
  public static HttpVerifier compile(
      String at,
      String url,
      @Nullable String requestTimeout,
      VerifyRequest verify,
      HttpTransport transport) {
    var http =
        new HttpIssuer(
            url,
            requestTimeout,
            new HttpAuth(new BearerCredential(new SecretKeyRef("none", "none"))),
            new CreateRequest(
                "/", Map.of("label", "${request.label}"), new MintedKey("1", "2", null, null)),
            null,
            new DeleteRequest("/${key.id}"),
            verify);
    try {
      return new HttpVerifier(
          HttpKeyIssuer.compile(
              new KeyIssuerSpec(null, null, http),
              () -> new Credential.Missing("There is no credential here."),
              transport),
          at);
    } catch (IssuerProblem problem) {
      throw new IssuerProblem(
          problem.details().stream()
              .map(it ->
                  new IssuerProblem.Detail(
                      it.reason(), moved(it.path(), at), moved(it.message(), at)))
              .toList());
    }
  }

  /** How long it may take. */
  public Duration requestTimeout() {
    return issuer.capabilities().requestTimeout();
  }

  /** Shows the key to the service and asks whether it works. */
  public Verdict verify(Key key) {
    var verdict = issuer.verify(key);
    return verdict instanceof Verdict.Unknown(var fault)
        ? new Verdict.Unknown(
            new Fault(fault.reason(), moved(fault.message(), at), fault.retryAfter()))
        : verdict;
  }

  /** What is said of a field, under the name that it has here. */
  private static String moved(String text, String at) {
    return text.replace(HTTP, at);
  }
}
