package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.ClientAuthentication;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks a token endpoint for a token by OAuth2 client credentials (RFC 6749, section 4.4). */
record TokenRequest(
    URI tokenUrl,
    String clientId,
    Optional<String> scope,
    Optional<String> audience,
    ClientAuthentication clientAuthentication)
    implements SessionRequest {

  /** What the endpoint may say is wrong with the request, and not with the credential. */
  private static final Set<String> OF_THE_REQUEST =
      Set.of(
          "invalid_request",
          "invalid_scope",
          "invalid_target",
          "unauthorized_client",
          "unsupported_grant_type");

  @Override
  public Asked ask(Credential.Found credential, SecuredTransport transport, Duration timeout) {
    String secret = credential.text().reveal();
    if (secret.isEmpty()) {
      return failed(
          Reason.CredentialRefused,
          "The client's secret is empty, so that no token was asked for. Put a working one into"
              + " the Secret that spec.http.auth.oauth2.secretRef names.");
    }
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    scope.ifPresent(it -> form.put("scope", it));
    audience.ifPresent(it -> form.put("audience", it));
    // both parts are encoded as in a form before they become a pair (RFC 6749, section 2.3.1)
    Optional<Authentication> authentication =
        Authentication.basic(Address.encode(clientId), Address.encode(secret));
    if (clientAuthentication == ClientAuthentication.Form) {
      form.put("client_id", clientId);
      form.put("client_secret", secret);
      authentication = Optional.of(new Authentication.None());
    }
    if (authentication.isEmpty()) {
      return failed(Reason.IssuerInvalid, OAUTH2 + ".clientId is empty. Write the client's id.");
    }
    SecuredTransport.Request request =
        new SecuredTransport.Request(
            "POST",
            tokenUrl,
            authentication.get(),
            Map.of(),
            Optional.of(new Payload("application/x-www-form-urlencoded", encoded(form))));
    return switch (transport.exchange(Verb.TOKEN, request, timeout)) {
      case Exchange.NotSent(Fault fault) -> new Asked.Failed(fault);
      case Exchange.NoAnswer(Fault fault) -> new Asked.Failed(fault);
      case Exchange.Answered(Answer answer) -> read(answer);
    };
  }

  private static final String OAUTH2 = Verb.TOKEN.path();

  private static byte[] encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(it -> Address.encode(it.getKey()) + "=" + Address.encode(it.getValue()))
        .collect(Collectors.joining("&"))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static Asked read(Answer answer) {
    Map<?, ?> body =
        answer.json().map(Json.Read::value).orElse(null) instanceof Map<?, ?> map ? map : Map.of();
    if (!answer.success()) {
      return new Asked.Failed(refused(answer, body));
    }
    if (!(body.get("access_token") instanceof String token) || token.isBlank()) {
      return notUnderstood(answer, "it holds no access_token");
    }
    if (body.get("token_type") instanceof String type && !type.equalsIgnoreCase("bearer")) {
      return notUnderstood(answer, "its token_type is not bearer, and Rekey sends no other");
    }
    return Authentication.bearer(token)
        .<Asked>map(it -> new Asked.Opened(it, Lives.ofSeconds(body.get("expires_in"))))
        .orElseGet(() -> notUnderstood(answer, "its access_token holds what no header can carry"));
  }

  /** The word for the error is one of ours; its description is the service's, and is not read. */
  private static Fault refused(Answer answer, Map<?, ?> body) {
    if (answer.status() != 400 && answer.status() != 401 && answer.status() != 403) {
      return AnswerFaults.of(Verb.TOKEN, answer);
    }
    String begin = "The token endpoint answered with status " + answer.status();
    return body.get("error") instanceof String error && OF_THE_REQUEST.contains(error)
        ? Fault.of(
            Reason.RequestRefused,
            begin
                + " and "
                + error
                + ": it refuses the request. Compare "
                + OAUTH2
                + " with the issuer's documentation.")
        : Fault.of(
            Reason.CredentialRefused,
            begin
                + ": it refuses Rekey's credential. Put a working one into the Secret that "
                + OAUTH2
                + ".secretRef names.");
  }

  private static Asked notUnderstood(Answer answer, String what) {
    return new Asked.Failed(AnswerFaults.notUnderstood(Verb.TOKEN, answer, what));
  }

  private static Asked failed(Reason reason, String message) {
    return new Asked.Failed(Fault.of(reason, message));
  }
}
