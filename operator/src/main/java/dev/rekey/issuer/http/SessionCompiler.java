package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.ClientAuthentication;
import dev.rekey.api.v1alpha1.LoginCredential;
import dev.rekey.api.v1alpha1.OAuth2Credential;
import dev.rekey.api.v1alpha1.SendAs;
import dev.rekey.cel.Expression;
import dev.rekey.cel.Scope;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compiles what asks for a session. */
final class SessionCompiler {
  private static final String OAUTH2 = Verb.TOKEN.path();
  private static final String LOGIN = Verb.LOGIN.path();
  private static final Scope CREDENTIAL = Scope.builder().textMaps("credential").build();
  private static final Scope ANSWER =
      Scope.builder().wholeNumbers("status").textMaps("headers").anything("body").build();
  private static final Pattern MENTIONS_CREDENTIAL = Pattern.compile("\\$\\{[^}]*\\bcredential\\b");
  private static final Pattern COOKIE = Pattern.compile("[-_.A-Za-z0-9]+");

  private final Findings findings;
  private final AddressPolicy policy;

  SessionCompiler(Findings findings, AddressPolicy policy) {
    this.findings = findings;
    this.policy = policy;
  }

  Optional<SessionRequest> token(OAuth2Credential auth) {
    String at = OAUTH2 + ".tokenUrl";
    String expected =
        "; write the whole address of the token endpoint, as"
            + " https://login.example.com/oauth2/token";
    URI url;
    try {
      url = new URI(auth.tokenUrl());
    } catch (URISyntaxException invalid) {
      findings.add(at, "is not an address" + expected);
      return Optional.empty();
    }
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http
        || url.getHost() == null
        || url.getPort() > 65_535
        || url.getRawUserInfo() != null
        || url.getRawFragment() != null) {
      findings.add(at, "is not an http address with a host, and no user or fragment" + expected);
      return Optional.empty();
    }
    policy.judgeWritten(url).forEach(it -> findings.add(at, it));
    ClientAuthentication how = auth.clientAuthentication();
    return Optional.of(
        new TokenRequest(
            url,
            auth.clientId(),
            Optional.ofNullable(auth.scope()),
            Optional.ofNullable(auth.audience()),
            how == null ? ClientAuthentication.Basic : how));
  }

  Optional<SessionRequest> login(URI url, LoginCredential login) {
    if (RequestTemplate.paths(login).values().stream()
        .anyMatch(it -> MENTIONS_CREDENTIAL.matcher(it).find())) {
      findings.add(
          LOGIN,
          "has a credential in its path, and addresses stand in the logs of servers and proxies;"
              + " write it into body, form or headers");
    }
    Optional<RequestTemplate> made =
        RequestTemplate.compile(url, Verb.LOGIN, login, CREDENTIAL, CREDENTIAL, findings);
    Optional<Expression> success =
        findings.take(
            LOGIN + ".success",
            () ->
                Expression.compileCondition(
                    login.success() == null ? LoginCredential.DEFAULT_SUCCESS : login.success(),
                    ANSWER));
    Optional<LoginRequest.Carrier> carrier = carrier(login.sendAs());
    Optional<Expression> token = optional(".token", login.token());
    if (login.token() == null && login.sendAs().cookie() == null) {
      findings.add(
          LOGIN + ".token",
          "is missing, and only a cookie is found without it; write where the answer has the"
              + " session, as body.token");
    }
    Optional<Expression> expiresIn = optional(".expiresIn", login.expiresIn());
    Optional<Expression> expiresAt = optional(".expiresAt", login.expiresAt());
    if (expiresIn.isPresent() && expiresAt.isPresent()) {
      findings.add(LOGIN + ".expiresAt", "stands beside expiresIn; write one of them");
    }
    return made.isEmpty() || success.isEmpty() || carrier.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LoginRequest(
                made.get(),
                new Outcomes(success.get(), Optional.empty()),
                token,
                carrier.get(),
                expiresIn,
                expiresAt));
  }

  private Optional<LoginRequest.Carrier> carrier(SendAs as) {
    boolean bearer = Boolean.TRUE.equals(as.bearer());
    int choices = (bearer ? 1 : 0) + (as.header() == null ? 0 : 1) + (as.cookie() == null ? 0 : 1);
    if (choices != 1) {
      findings.add(LOGIN + ".sendAs", "must hold exactly one of bearer: true, header and cookie");
      return Optional.empty();
    }
    var header = as.header();
    if (header != null) {
      HeaderNames.judgeCredential(LOGIN + ".sendAs.header.name", header.name(), findings);
      var prefix = header.prefix() == null ? "" : header.prefix();
      return Optional.of(new LoginRequest.Carrier.Header(header.name(), prefix));
    }
    var cookie = as.cookie();
    if (cookie != null && !COOKIE.matcher(cookie.name()).matches()) {
      findings.add(
          LOGIN + ".sendAs.cookie.name",
          "is not the name of a cookie; write letters, digits, dashes, dots and underscores, as"
              + " sid");
    }
    return Optional.of(
        cookie == null
            ? new LoginRequest.Carrier.Bearer()
            : new LoginRequest.Carrier.Cookie(cookie.name()));
  }

  private Optional<Expression> optional(String field, @Nullable String source) {
    return findings.takeOptional(LOGIN + field, source, it -> Expression.compile(it, ANSWER));
  }
}
