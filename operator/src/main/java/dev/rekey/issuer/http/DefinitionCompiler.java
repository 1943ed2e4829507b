package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.CreateRequest;
import dev.rekey.api.v1alpha1.DeclaredRequest;
import dev.rekey.api.v1alpha1.DeleteRequest;
import dev.rekey.api.v1alpha1.HttpIssuer;
import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.api.v1alpha1.ListRequest;
import dev.rekey.api.v1alpha1.ListedKey;
import dev.rekey.api.v1alpha1.MintedKey;
import dev.rekey.api.v1alpha1.NextPage;
import dev.rekey.api.v1alpha1.VerifyRequest;
import dev.rekey.cel.Expression;
import dev.rekey.cel.Scope;
import dev.rekey.config.Spans;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.Tracing;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compiles the definition of an issuer, field by field, and goes on where one is wrong. */
final class DefinitionCompiler {
  private static final Scope CREATE =
      Scope.ofTexts("request.label", "request.attempt", "rotation.namespace", "rotation.name");
  private static final Scope CREATE_BODY =
      Scope.ofTexts(
          "request.label",
          "request.attempt",
          "rotation.namespace",
          "rotation.name",
          AccountCredential.NAME);
  private static final Scope LIST_BODY = Scope.ofTexts(AccountCredential.NAME);
  private static final Scope DELETE = Scope.ofTexts("key.id", "key.label");
  private static final Scope DELETE_BODY =
      Scope.ofTexts("key.id", "key.label", AccountCredential.NAME);
  private static final Scope VERIFY = Scope.ofTexts("key.id", "key.label", "key.value");
  private static final Scope NOTHING = Scope.ofTexts();
  private static final Scope ITEM = Scope.ofAnything("item");
  private static final Scope ANSWER =
      Scope.builder().wholeNumbers("status").textMaps("headers").anything("body").build();

  private static final Scope PAGE =
      Scope.builder().wholeNumbers("status", "page").textMaps("headers").anything("body").build();

  private static final int MOST_PAGES = 1000;

  private static final Pattern LABEL = Pattern.compile("^\\s*\\$\\{\\s*request\\.label\\s*}\\s*$");
  private static final Pattern LABEL_IN_PATH =
      Pattern.compile("[/=]\\$\\{\\s*request\\.label\\s*}(?=[/?&]|$)");

  private static final Pattern HEADER = Pattern.compile("[A-Za-z][-A-Za-z0-9]*");

  private static final Pattern NAMES_THE_KEY = Pattern.compile("\\$\\{[^}]*key[.]");

  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(2);

  /** Stands in for an url that is wrong, so that the paths are judged all the same. */
  private static final URI SOME_URL = URI.create("https://issuer.invalid");

  private final Findings findings = new Findings();
  private final AddressPolicy policy;

  /** Whether there is a credential that bodies may hold: a session and the key in use are none. */
  private boolean credentialIsText = true;

  DefinitionCompiler(AddressPolicy policy) {
    this.policy = policy;
  }

  HttpDefinition compile(IssuerSpec spec) {
    HttpIssuer http = Objects.requireNonNull(spec.http(), "an issuer of another type");
    Capabilities capabilities =
        new Capabilities(
            tracing(http),
            http.list() != null,
            http.verify() != null,
            Boolean.TRUE.equals(http.reusesIds()),
            findings.span("spec.maxAge", spec.maxAge()),
            quota(spec.quota()),
            timeout(http.requestTimeout()));
    URI url = url(http.url()).orElse(SOME_URL);
    Optional<AccountAuth> auth = new AuthCompiler(findings).account(url, http.auth(), policy);
    credentialIsText = auth.map(AccountAuth.ByCredential.class::isInstance).orElse(true);
    Optional<HttpDefinition.Create> create = create(url, http.create());
    ListRequest keys = http.list();
    Optional<HttpDefinition.ListKeys> list = keys == null ? Optional.empty() : list(url, keys);
    Optional<HttpDefinition.Delete> delete = delete(url, http.delete());
    VerifyRequest wanted = http.verify();
    Optional<HttpDefinition.Verify> verify =
        wanted == null ? Optional.empty() : verify(url, wanted);
    TlsDefinition tls = TlsDefinition.compile(http, findings);
    findings.throwIfAny();
    findContradictions(http);
    findings.throwIfAny();
    return new HttpDefinition(
        capabilities,
        auth.orElseThrow(),
        create.orElseThrow(),
        list,
        delete.orElseThrow(),
        verify,
        tls);
  }

  private Scope inBody(Scope without, Scope with) {
    return credentialIsText ? with : without;
  }

  /** How a key whose answer was lost is found again, by what the definition has for it. */
  private static Tracing tracing(HttpIssuer http) {
    ListRequest list = http.list();
    if (http.create().idempotencyHeader() != null) {
      return Tracing.IDEMPOTENT;
    }
    if (list != null && list.item().label() != null && sendsLabel(http.create())) {
      return Tracing.LABELLED;
    }
    return Boolean.TRUE.equals(http.exclusive()) && list != null && list.complete()
        ? Tracing.COUNTABLE
        : Tracing.BLIND;
  }

  /** What would make Rekey trace keys in another way than its author believes. */
  private void findContradictions(HttpIssuer http) {
    ListRequest list = http.list();
    if (list != null && list.item().label() != null && !sendsLabel(http.create())) {
      findings.add(
          Verb.CREATE.path() + ".body",
          "has no text that is ${request.label} alone, so that list.item.label finds no key whose"
              + " answer is lost; write it where the issuer takes a name or a label, as name:"
              + " \"${request.label}\", or leave list.item.label out");
    }
    if (Boolean.TRUE.equals(http.exclusive()) && (list == null || !list.complete())) {
      findings.add(
          "spec.http.exclusive",
          "is true, and keys can only be counted in a complete list; declare list, let it ask for"
              + " all keys in one answer, as /keys?limit=1000, and write complete: true; or leave"
              + " exclusive out");
    }
    String header = http.create().idempotencyHeader();
    if (header != null && !HEADER.matcher(header).matches()) {
      findings.add(
          Verb.CREATE.path() + ".idempotencyHeader",
          "is not the name of a header; write letters, digits and dashes, as Idempotency-Key");
    }
  }

  private static boolean sendsLabel(CreateRequest create) {
    return RequestTemplate.paths(create).values().stream()
            .anyMatch(it -> LABEL_IN_PATH.matcher(it).find())
        || Mentions.beside(create, LABEL);
  }

  private OptionalInt quota(@Nullable Integer quota) {
    if (quota == null) {
      return OptionalInt.empty();
    }
    if (quota < 2) {
      findings.add(
          "spec.quota",
          "is less than 2; a rotation needs room for the old key and the new one, so raise it");
    }
    return OptionalInt.of(quota);
  }

  private Duration timeout(@Nullable String text) {
    String path = "spec.http.requestTimeout";
    String standard = HttpIssuer.DEFAULT_REQUEST_TIMEOUT;
    Duration timeout =
        findings.span(path, text == null ? standard : text).orElseGet(() -> Spans.parse(standard));
    if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      findings.add(
          path,
          "is not between "
              + Spans.format(SHORTEST_TIMEOUT)
              + " and "
              + Spans.format(LONGEST_TIMEOUT));
    }
    return timeout;
  }

  private Optional<URI> url(String text) {
    String path = "spec.http.url";
    String expected = "; write the address that all paths are below, as https://api.example.com";
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException invalid) {
      findings.add(path, "is not an address" + expected);
      return Optional.empty();
    }
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null) {
      findings.add(path, "is not an http address with a host" + expected);
      return Optional.empty();
    }
    if (url.getPort() > 65_535) {
      findings.add(path, "has a port beyond 65535" + expected);
      return Optional.empty();
    }
    if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
      findings.add(path, "holds a user, a query or a fragment" + expected);
      return Optional.empty();
    }
    policy.judgeWritten(url).forEach(fault -> findings.add(path, fault));
    return Optional.of(url);
  }

  private Optional<HttpDefinition.Create> create(URI url, CreateRequest request) {
    String at = Verb.CREATE.path();
    MintedKey key = request.key();
    Optional<RequestTemplate> made =
        RequestTemplate.compile(
            url, Verb.CREATE, request, CREATE, inBody(CREATE, CREATE_BODY), findings);
    Optional<Outcomes> outcomes =
        outcomes(
            at,
            request.success(),
            condition(at + ".conflict", request.conflict(), CreateRequest.DEFAULT_CONFLICT));
    Optional<Expression> id = expression(at + ".key.id", key.id(), ANSWER);
    Optional<Expression> value = expression(at + ".key.value", key.value(), ANSWER);
    Optional<Expression> issuedAt = optional(at + ".key.issuedAt", key.issuedAt(), ANSWER);
    Optional<Expression> expiresAt = optional(at + ".key.expiresAt", key.expiresAt(), ANSWER);
    if (key.id().strip().equals(key.value().strip())) {
      findings.add(
          at + ".key.id", "is the same as key.value; ids are shown, so name another field");
    }
    return made.isEmpty() || outcomes.isEmpty() || id.isEmpty() || value.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new HttpDefinition.Create(
                made.get(),
                outcomes.get(),
                id.get(),
                value.get(),
                issuedAt,
                expiresAt,
                Optional.ofNullable(request.idempotencyHeader())));
  }

  private Optional<HttpDefinition.ListKeys> list(URI url, ListRequest request) {
    String at = Verb.LIST.path();
    ListedKey item = request.item();
    Optional<RequestTemplate> made =
        RequestTemplate.compile(
            url, Verb.LIST, request, NOTHING, inBody(NOTHING, LIST_BODY), findings);
    Optional<Outcomes> outcomes = outcomes(at, request.success(), Optional.empty());
    NextPage next = request.next();
    Optional<Paging> paging =
        next == null ? Optional.of(Paging.none()) : paging(at + ".next", next);
    Optional<Expression> items = expression(at + ".items", request.items(), ANSWER);
    Optional<Expression> id = expression(at + ".item.id", item.id(), ITEM);
    Optional<Expression> label = optional(at + ".item.label", item.label(), ITEM);
    Optional<Expression> issuedAt = optional(at + ".item.issuedAt", item.issuedAt(), ITEM);
    Optional<Expression> expiresAt = optional(at + ".item.expiresAt", item.expiresAt(), ITEM);
    return made.isEmpty()
            || outcomes.isEmpty()
            || items.isEmpty()
            || id.isEmpty()
            || paging.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new HttpDefinition.ListKeys(
                made.get(),
                outcomes.get(),
                items.get(),
                id.get(),
                label,
                issuedAt,
                expiresAt,
                request.complete(),
                paging.get()));
  }

  private Optional<Paging> paging(String at, NextPage next) {
    Optional<Expression> address = optional(at + ".address", next.address(), PAGE);
    Optional<Expression> cursor = optional(at + ".cursor", next.cursor(), PAGE);
    String parameter = next.parameter();
    Integer written = next.maxPages();
    int maxPages = written == null ? NextPage.DEFAULT_MAX_PAGES : written;
    if (maxPages < 1 || maxPages > MOST_PAGES) {
      findings.add(at + ".maxPages", "is not between 1 and " + MOST_PAGES);
    }
    if ((next.cursor() == null) != (parameter == null)) {
      findings.add(at, "must hold cursor and parameter together");
      return Optional.empty();
    }
    boolean link = Boolean.TRUE.equals(next.linkHeader());
    int choices = (link ? 1 : 0) + (next.address() == null ? 0 : 1) + (parameter == null ? 0 : 1);
    if (choices != 1) {
      findings.add(at, "must hold exactly one of linkHeader: true, address and cursor");
      return Optional.empty();
    }
    Optional<Paging.Next> found =
        link
            ? Optional.of(new Paging.Next.LinkHeader())
            : address
                .<Paging.Next>map(Paging.Next.Address::new)
                .or(() -> cursor.map(it -> new Paging.Next.Cursor(it, String.valueOf(parameter))));
    return found.map(it -> new Paging(Optional.of(it), maxPages));
  }

  private Optional<HttpDefinition.Delete> delete(URI url, DeleteRequest request) {
    String at = Verb.DELETE.path();
    Optional<RequestTemplate> made =
        RequestTemplate.compile(
            url, Verb.DELETE, request, DELETE, inBody(DELETE, DELETE_BODY), findings);
    if (made.isPresent() && !Mentions.of(request, NAMES_THE_KEY)) {
      findings.add(
          at,
          "does not name the key that is deleted, and could delete more than one; write"
              + " ${key.id} into its path, body or form");
    }
    Optional<Outcomes> outcomes =
        outcomes(
            at,
            request.success(),
            condition(at + ".gone", request.gone(), DeleteRequest.DEFAULT_GONE));
    return made.isEmpty() || outcomes.isEmpty()
        ? Optional.empty()
        : Optional.of(new HttpDefinition.Delete(made.get(), outcomes.get()));
  }

  private Optional<Outcomes> outcomes(
      String at, @Nullable String success, Optional<Expression> besides) {
    return condition(at + ".success", success, DeclaredRequest.DEFAULT_SUCCESS)
        .map(it -> new Outcomes(it, besides));
  }

  private Optional<HttpDefinition.Verify> verify(URI url, VerifyRequest request) {
    String at = Verb.VERIFY.path();
    Optional<RequestTemplate> made =
        RequestTemplate.compile(url, Verb.VERIFY, request, VERIFY, VERIFY, findings);
    Optional<AccountAuth.KeyAuth> auth =
        new AuthCompiler(findings).key(at + ".auth", request.auth(), VERIFY);
    Optional<Expression> accepted =
        condition(at + ".accepted", request.accepted(), VerifyRequest.DEFAULT_ACCEPTED);
    Optional<Expression> rejected =
        condition(at + ".rejected", request.rejected(), VerifyRequest.DEFAULT_REJECTED);
    return made.isEmpty() || auth.isEmpty() || accepted.isEmpty() || rejected.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new HttpDefinition.Verify(made.get(), auth.get(), accepted.get(), rejected.get()));
  }

  private Optional<Expression> expression(String path, String source, Scope scope) {
    return findings.take(path, () -> Expression.compile(source, scope));
  }

  private Optional<Expression> optional(String path, @Nullable String source, Scope scope) {
    return findings.takeOptional(path, source, it -> Expression.compile(it, scope));
  }

  private Optional<Expression> condition(String path, @Nullable String source, String standard) {
    return findings.take(
        path, () -> Expression.compileCondition(source == null ? standard : source, ANSWER));
  }
}
