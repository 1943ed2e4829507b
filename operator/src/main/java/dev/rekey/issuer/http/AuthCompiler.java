package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.KeyBasic;
import dev.rekey.api.v1alpha1.VerifyAuth;
import dev.rekey.cel.Scope;
import dev.rekey.cel.Template;
import dev.rekey.issuer.http.AccountAuth.KeyAuth;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compiles how requests are authenticated. */
final class AuthCompiler {
  private static final String ACCOUNT = "spec.http.auth";
  private static final Scope KEY = Scope.ofTexts("key.id", "key.label", "key.value");
  private static final String ONE = "must hold exactly one of bearer, basic, header and query";

  private final Findings findings;

  AuthCompiler(Findings findings) {
    this.findings = findings;
  }

  /** How Rekey gets in; {@code url} is that of the issuer. */
  Optional<AccountAuth> account(URI url, HttpAuth auth, AddressPolicy policy) {
    var basic = auth.basic();
    var header = auth.header();
    var query = auth.query();
    var oauth2 = auth.oauth2();
    var login = auth.login();
    var key = auth.key();
    if (count(auth.bearer(), basic, header, query, oauth2, login, key) != 1) {
      findings.add(
          ACCOUNT, "must hold exactly one of bearer, basic, header, query, oauth2, login and key");
      return Optional.empty();
    }
    if (oauth2 != null) {
      return new SessionCompiler(findings, policy).token(oauth2).map(AccountAuth.BySession::new);
    }
    if (login != null) {
      return new SessionCompiler(findings, policy)
          .login(url, login)
          .map(AccountAuth.BySession::new);
    }
    if (key != null) {
      return key(ACCOUNT + ".key", key, KEY).map(AccountAuth.ByKey::new);
    }
    if (basic != null) {
      return carried(it -> Authentication.basic(basic.username(), it));
    }
    if (header != null) {
      HeaderNames.judgeCredential(ACCOUNT + ".header.name", header.name(), findings);
      var prefix = header.prefix() == null ? "" : header.prefix();
      return carried(it -> Authentication.header(header.name(), prefix, it));
    }
    return query == null
        ? carried(Authentication::bearer)
        : carried(it -> Authentication.query(query.name(), it));
  }

  private static Optional<AccountAuth> carried(AccountAuth.Carrier carrier) {
    return Optional.of(new AccountAuth.ByCredential(carrier));
  }

  /** How a key is carried; {@code at} is the path of the field. */
  Optional<KeyAuth> key(String at, VerifyAuth auth, Scope scope) {
    var bearer = auth.bearer();
    var basic = auth.basic();
    var header = auth.header();
    var query = auth.query();
    if (count(bearer, basic, header, query) != 1) {
      findings.add(at, ONE);
      return Optional.empty();
    }
    if (bearer != null) {
      return template(at + ".bearer.value", bearer.value(), scope)
          .map(it -> values -> Authentication.bearer(it.renderText(values)));
    }
    if (header != null) {
      HeaderNames.judgeCredential(at + ".header.name", header.name(), findings);
      return template(at + ".header.value", header.value(), scope)
          .map(it -> values -> Authentication.header(header.name(), "", it.renderText(values)));
    }
    if (query != null) {
      return template(at + ".query.value", query.value(), scope)
          .map(it -> values -> Authentication.query(query.name(), it.renderText(values)));
    }
    return basic == null ? Optional.empty() : basic(at, basic, scope);
  }

  private Optional<KeyAuth> basic(String at, KeyBasic basic, Scope scope) {
    var user = compiled(at + ".basic.username", basic.username(), scope);
    var secret = compiled(at + ".basic.password", basic.password(), scope);
    if (user.isEmpty() || secret.isEmpty()) {
      return Optional.empty();
    }
    if (user.get().constant() && secret.get().constant()) {
      findings.add(at + ".basic.password", "does not use the key; write ${key.value}");
    }
    return Optional.of(values ->
        Authentication.basic(
            user.get().renderText(values).strip(), secret.get().renderText(values)));
  }

  private Optional<Template> template(String at, String text, Scope scope) {
    var template = compiled(at, text, scope);
    if (template.isPresent() && template.get().constant()) {
      findings.add(at, "does not use the key; write ${key.value}");
    }
    return template;
  }

  private Optional<Template> compiled(String at, String text, Scope scope) {
    return findings.take(at, () -> Template.compile(text, scope));
  }

  private static long count(@Nullable Object... choices) {
    return Stream.of(choices).filter(Objects::nonNull).count();
  }
}
