package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.VerifyAuth;
import dev.rekey.cel.Scope;
import dev.rekey.cel.Template;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compiles how requests are authenticated. */
final class AuthCompiler {
  private static final String ACCOUNT = "spec.http.auth";
  private static final String VERIFY = Verb.VERIFY.path() + ".auth";
  private static final String ONE = "must hold exactly one of bearer, basic, header and query";

  private final Findings findings;

  AuthCompiler(Findings findings) {
    this.findings = findings;
  }

  /** How the account's credential is carried. */
  @FunctionalInterface
  interface AccountAuth {
    /** Absent where the credential cannot be carried so. */
    Optional<Authentication> carry(String credential);
  }

  /** How the key that is verified is carried. */
  @FunctionalInterface
  interface KeyAuth {
    /** Absent where what the templates give cannot be carried so. */
    Optional<Authentication> carry(Map<String, ?> values);
  }

  Optional<AccountAuth> account(HttpAuth auth) {
    var basic = auth.basic();
    var header = auth.header();
    var query = auth.query();
    if (count(auth.bearer(), basic, header, query) != 1) {
      findings.add(ACCOUNT, ONE);
      return Optional.empty();
    }
    if (basic != null) {
      return Optional.of(it -> Authentication.basic(basic.username(), it));
    }
    if (header != null) {
      HeaderNames.judgeCredential(ACCOUNT + ".header.name", header.name(), findings);
      var prefix = header.prefix() == null ? "" : header.prefix();
      return Optional.of(it -> Authentication.header(header.name(), prefix, it));
    }
    return query == null
        ? Optional.of(Authentication::bearer)
        : Optional.of(it -> Authentication.query(query.name(), it));
  }

  Optional<KeyAuth> key(VerifyAuth auth, Scope scope) {
    var bearer = auth.bearer();
    var basic = auth.basic();
    var header = auth.header();
    var query = auth.query();
    if (count(bearer, basic, header, query) != 1) {
      findings.add(VERIFY, ONE);
      return Optional.empty();
    }
    if (bearer != null) {
      return template(".bearer.value", bearer.value(), scope)
          .map(it -> values -> Authentication.bearer(it.renderText(values)));
    }
    if (header != null) {
      HeaderNames.judgeCredential(VERIFY + ".header.name", header.name(), findings);
      return template(".header.value", header.value(), scope)
          .map(it -> values -> Authentication.header(header.name(), "", it.renderText(values)));
    }
    if (query != null) {
      return template(".query.value", query.value(), scope)
          .map(it -> values -> Authentication.query(query.name(), it.renderText(values)));
    }
    return basic == null ? Optional.empty() : basic(basic.username(), basic.password(), scope);
  }

  private Optional<KeyAuth> basic(String username, String password, Scope scope) {
    var user = compiled(".basic.username", username, scope);
    var secret = compiled(".basic.password", password, scope);
    if (user.isEmpty() || secret.isEmpty()) {
      return Optional.empty();
    }
    if (user.get().constant() && secret.get().constant()) {
      findings.add(VERIFY + ".basic.password", "does not use the key; write ${key.value}");
    }
    return Optional.of(values ->
        Authentication.basic(
            user.get().renderText(values).strip(), secret.get().renderText(values)));
  }

  private Optional<Template> template(String field, String text, Scope scope) {
    var template = compiled(field, text, scope);
    if (template.isPresent() && template.get().constant()) {
      findings.add(VERIFY + field, "does not use the key; write ${key.value}");
    }
    return template;
  }

  private Optional<Template> compiled(String field, String text, Scope scope) {
    return findings.take(VERIFY + field, () -> Template.compile(text, scope));
  }

  private static long count(@Nullable Object... choices) {
    return Stream.of(choices).filter(Objects::nonNull).count();
  }
}
