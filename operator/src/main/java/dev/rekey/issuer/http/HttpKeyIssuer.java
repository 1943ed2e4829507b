package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.cel.CelProblem;
import dev.rekey.config.Spans;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Verdict;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An issuer that is a REST API. */
public final class HttpKeyIssuer implements Issuer {
  /** Beyond so many keys no more pages are read: they are kept in memory. */
  private static final int MOST = 100_000;

  private static final Duration LONGEST_LIST = Duration.ofMinutes(2);

  private final HttpDefinition definition;
  private final CredentialSource credential;
  private final HttpTransport transport;
  private final IssuerTls tls;
  private final Restraint restraint;

  private HttpKeyIssuer(
      HttpDefinition definition,
      CredentialSource credential,
      HttpTransport transport,
      Restraint restraint) {
    this.definition = definition;
    this.credential = credential;
    this.transport = transport;
    this.tls = new IssuerTls(definition.tls(), credential);
    this.restraint = restraint;
  }

  /**
   * Makes an issuer of its definition. No request is made, no name resolved, no credential read.
   *
   * @throws IssuerProblem when the definition cannot be used, with all that is wrong in it
   */
  public static HttpKeyIssuer compile(
      IssuerSpec spec, CredentialSource credential, HttpTransport transport) {
    HttpDefinition definition = new DefinitionCompiler(transport.policy()).compile(spec);
    String host = URI.create(Objects.requireNonNull(spec.http()).url()).getHost();
    return new HttpKeyIssuer(definition, credential, transport, transport.restraint(spec, host));
  }

  @Override
  public Capabilities capabilities() {
    return definition.capabilities();
  }

  @Override
  public MintResult mint(MintRequest request) {
    HttpDefinition.Create create = definition.create();
    Map<String, String> values =
        Map.of(
            "request.label", request.label(),
            "request.attempt", request.attempt(),
            "rotation.namespace", request.namespace(),
            "rotation.name", request.name());
    var headers =
        create
            .idempotencyHeader()
            .map(it -> Map.of(it, request.idempotencyKey()))
            .orElseGet(Map::of);
    return switch (askAsRekey(Verb.CREATE, create.request(), values, headers)) {
      case Exchange.NotSent(Fault fault) -> new MintResult.Refused(fault);
      case Exchange.NoAnswer(Fault fault) -> new MintResult.Unclear(fault);
      case Exchange.Answered(Answer answer) -> created(create, answer);
    };
  }

  private static MintResult created(HttpDefinition.Create create, Answer answer) {
    try {
      if (create.outcomes().succeeded(answer)) {
        return AnswerReader.minted(create, answer);
      }
    } catch (AnswerReader.NotUnderstood problem) {
      return new MintResult.Unclear(
          AnswerFaults.notUnderstood(Verb.CREATE, answer, problem.what()));
    }
    if (create.outcomes().holdsBesides(answer)) {
      return new MintResult.Unclear(AnswerFaults.conflict(Verb.CREATE, answer));
    }
    Fault fault = AnswerFaults.of(Verb.CREATE, answer);
    return AnswerFaults.definite(answer.status())
        ? new MintResult.Refused(fault)
        : new MintResult.Unclear(fault);
  }

  @Override
  public Listing list() {
    if (definition.list().isEmpty()) {
      return new Listing.Failed(
          Fault.of(Reason.IssuerInvalid, "The issuer has no spec.http.list to ask with."));
    }
    HttpDefinition.ListKeys list = definition.list().get();
    try {
      return pages(list);
    } catch (CelProblem problem) {
      return new Listing.Failed(
          Fault.of(Reason.IssuerInvalid, String.valueOf(problem.getMessage())));
    }
  }

  private Listing pages(HttpDefinition.ListKeys list) {
    List<Listing.ListedKey> keys = new ArrayList<>();
    Set<URI> asked = new HashSet<>();
    Optional<URI> page = Optional.of(list.request().path().render(Map.of()));
    Optional<Instant> begin = Optional.empty();
    while (page.isPresent()) {
      URI address = page.get();
      asked.add(address);
      switch (askAsRekey(Verb.LIST, list.request().at(address), Map.of(), Map.of())) {
        case Exchange.NotSent(Fault fault) -> {
          return new Listing.Failed(fault);
        }
        case Exchange.NoAnswer(Fault fault) -> {
          return new Listing.Failed(fault);
        }
        case Exchange.Answered(Answer answer) -> {
          try {
            if (!list.outcomes().succeeded(answer)) {
              return new Listing.Failed(AnswerFaults.of(Verb.LIST, answer));
            }
            keys.addAll(AnswerReader.listed(list, answer));
            page = list.paging().after(address, asked.size(), answer);
            begin = begin.or(() -> Optional.of(answer.receivedAt()));
            judgePages(asked, page, Duration.between(begin.get(), answer.receivedAt()));
          } catch (AnswerReader.NotUnderstood problem) {
            return new Listing.Failed(
                AnswerFaults.notUnderstood(Verb.LIST, answer, problem.what()));
          }
        }
      }
      if (page.isPresent() && (asked.size() >= list.paging().maxPages() || keys.size() > MOST)) {
        return new Listing.Listed(List.copyOf(keys), false);
      }
    }
    return new Listing.Listed(List.copyOf(keys), list.complete());
  }

  private static void judgePages(Set<URI> asked, Optional<URI> next, Duration took)
      throws AnswerReader.NotUnderstood {
    if (next.isPresent() && asked.contains(next.get())) {
      throw new AnswerReader.NotUnderstood(
          "spec.http.list.next leads to a page that was read already");
    }
    if (next.isPresent() && took.compareTo(LONGEST_LIST) > 0) {
      throw new AnswerReader.NotUnderstood(
          "its pages take longer than " + Spans.format(LONGEST_LIST) + " together");
    }
  }

  @Override
  public DeleteResult delete(Key key) {
    if (key.id().isEmpty()) {
      return new DeleteResult.Failed(
          Fault.of(
              Reason.DeleteByHand,
              "The issuer's id of " + key.display() + " is not known. Delete it there by hand."));
    }
    Map<String, @Nullable Object> values = describe(key);
    return switch (askAsRekey(Verb.DELETE, definition.delete().request(), values, Map.of())) {
      case Exchange.NotSent(Fault fault) -> new DeleteResult.Failed(fault);
      case Exchange.NoAnswer(Fault fault) -> new DeleteResult.Failed(fault);
      case Exchange.Answered(Answer answer) -> deleted(definition.delete().outcomes(), answer);
    };
  }

  private static DeleteResult deleted(Outcomes outcomes, Answer answer) {
    if (!tellsNothing(answer) && outcomes.holdsBesides(answer)) {
      return new DeleteResult.Gone();
    }
    try {
      return outcomes.succeeded(answer)
          ? new DeleteResult.Deleted()
          : new DeleteResult.Failed(AnswerFaults.of(Verb.DELETE, answer));
    } catch (AnswerReader.NotUnderstood problem) {
      return new DeleteResult.Failed(
          AnswerFaults.notUnderstood(Verb.DELETE, answer, problem.what()));
    }
  }

  /** Nothing about the key: the service is down, or does not know who asks. */
  private static boolean tellsNothing(Answer answer) {
    return isDown(answer) || answer.status() == 401 || answer.status() == 408;
  }

  @Override
  public Verdict verify(Key key) {
    if (definition.verify().isEmpty()) {
      return new Verdict.Unknown(
          Fault.of(Reason.IssuerInvalid, "The issuer has no spec.http.verify to ask with."));
    }
    HttpDefinition.Verify verify = definition.verify().get();
    return switch (askAsKey(verify, key)) {
      case Exchange.NotSent(Fault fault) -> new Verdict.Unknown(fault);
      case Exchange.NoAnswer(Fault fault) -> new Verdict.Unknown(fault);
      case Exchange.Answered(Answer answer) -> verdict(verify, answer);
    };
  }

  private static Verdict verdict(HttpDefinition.Verify verify, Answer answer) {
    if (isDown(answer)) {
      // Before any expression: "status != 200" must not take an outage for a dead key.
      return new Verdict.Unknown(AnswerFaults.of(Verb.VERIFY, answer));
    }
    Map<String, @Nullable Object> values = answer.values();
    try {
      if (verify.rejected().test(values)) {
        return new Verdict.Rejected();
      }
      if (verify.accepted().test(values)) {
        return new Verdict.Accepted();
      }
    } catch (CelProblem problem) {
      return new Verdict.Unknown(undecided(answer, String.valueOf(problem.getMessage())));
    }
    return new Verdict.Unknown(undecided(answer, "neither accepted nor rejected holds"));
  }

  private static Fault undecided(Answer answer, String what) {
    return AnswerFaults.notUnderstood(Verb.VERIFY, answer, what);
  }

  private static boolean isDown(Answer answer) {
    return answer.status() >= 500 || answer.status() == 429;
  }

  private Exchange askAsRekey(
      Verb verb, RequestTemplate request, Map<String, ?> values, Map<String, String> headers) {
    // first the turn, then the credential: only a leader gets that, and then sends at once
    return inTurn(verb, left -> askNow(verb, request, values, headers, left));
  }

  private Exchange inTurn(Verb verb, Function<Duration, Exchange> send) {
    return restraint.ask(verb, definition.capabilities().requestTimeout(), send);
  }

  private Exchange askNow(
      Verb verb,
      RequestTemplate request,
      Map<String, ?> values,
      Map<String, String> headers,
      Duration left) {
    var first = credential.read();
    var exchange = askWith(first, verb, request, values, headers, left);
    if (!isRefused(exchange)) {
      return exchange;
    }
    // it may have been rotated since it was read
    var now = credential.readAgain();
    // what changes something is asked for once, within its deadline; the next attempt has the new
    // one
    return verb == Verb.LIST && !now.equals(first)
        ? askWith(now, verb, request, values, headers, left)
        : exchange;
  }

  private static boolean isRefused(Exchange exchange) {
    return exchange instanceof Exchange.Answered(var answer)
        && (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED
            || answer.status() == HttpURLConnection.HTTP_FORBIDDEN);
  }

  private Exchange askWith(
      Credential read,
      Verb verb,
      RequestTemplate request,
      Map<String, ?> values,
      Map<String, String> headers,
      Duration left) {
    return switch (read) {
      case Credential.Missing(String message) -> notSent(Reason.CredentialMissing, message);
      case Credential.Found(SecretText text) -> {
        Optional<Authentication> carried = definition.auth().carry(text.reveal());
        yield carried.isEmpty()
            ? notSent(
                Reason.CredentialRefused,
                "The issuer's credential is empty or holds what no request can carry, so that no"
                    + " request was made. Put a working one into the Secret that spec.http.auth"
                    + " names.")
            : ask(
                verb,
                request,
                values,
                new Carried(carried.get(), headers, new AccountCredential(Optional.of(text))),
                left);
      }
    };
  }

  private Exchange askAsKey(HttpDefinition.Verify verify, Key key) {
    Map<String, @Nullable Object> values = describe(key);
    SecretText value = key.fields().get("value");
    values.put("key.value", value == null ? null : value.reveal());
    Optional<Authentication> carried;
    try {
      carried = verify.auth().carry(values);
    } catch (CelProblem problem) {
      return invalid(Verb.VERIFY, problem);
    }
    return carried.isEmpty()
        ? notSent(
            Reason.AnswerNotUnderstood,
            "What spec.http.verify.auth gives is empty or holds what no request can carry, so"
                + " that no request was made. Compare it with the issuer's"
                + " documentation.")
        : inTurn(
            Verb.VERIFY,
            left ->
                ask(
                    Verb.VERIFY,
                    verify.request(),
                    values,
                    new Carried(carried.get(), Map.of(), new AccountCredential(Optional.empty())),
                    left));
  }

  /** What a request carries beside what it is about. */
  private record Carried(
      Authentication authentication, Map<String, String> headers, AccountCredential credential) {}

  private Exchange ask(
      Verb verb, RequestTemplate request, Map<String, ?> values, Carried carried, Duration left) {
    URI target;
    Optional<Payload> payload;
    Map<String, String> headers = new HashMap<>();
    try {
      target = request.target(values);
      payload = request.payload(carried.credential().beside(values));
      headers.putAll(request.headers().render(values));
      headers.putAll(carried.headers());
    } catch (CelProblem problem) {
      return invalid(verb, problem);
    }
    return switch (tls.now()) {
      case IssuerTls.Secured.Missing(Fault fault) -> new Exchange.NotSent(fault);
      case IssuerTls.Secured.With(SSLContext context) ->
          tls.heard(
              transport.exchange(
                  new Call(
                      verb,
                      request.method(),
                      target,
                      carried.authentication(),
                      headers,
                      payload,
                      left,
                      context)));
    };
  }

  private static Map<String, @Nullable Object> describe(Key key) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("key.id", key.id().orElse(null));
    values.put("key.label", key.label().orElse(null));
    return values;
  }

  private static Exchange invalid(Verb verb, CelProblem problem) {
    return notSent(
        Reason.IssuerInvalid,
        "The request to "
            + verb.words()
            + " cannot be made: "
            + verb.path()
            + ": "
            + problem.getMessage()
            + ".");
  }

  private static Exchange notSent(Reason reason, String message) {
    return new Exchange.NotSent(Fault.of(reason, message));
  }
}
