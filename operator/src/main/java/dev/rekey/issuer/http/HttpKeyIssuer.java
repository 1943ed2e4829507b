package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.cel.CelProblem;
import dev.rekey.config.Spans;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.issuer.MintRequest;
import dev.rekey.issuer.http.Access.Pass;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An issuer that is a REST API. */
public final class HttpKeyIssuer implements Issuer {
  /** Beyond so many keys no more pages are read: they are kept in memory. */
  private static final int MOST = 100_000;

  private static final Duration LONGEST_LIST = Duration.ofMinutes(2);

  private final HttpDefinition definition;
  private final Access access;
  private final SecuredTransport transport;
  private final Restraint restraint;

  private HttpKeyIssuer(
      HttpDefinition definition, Access access, SecuredTransport transport, Restraint restraint) {
    this.definition = definition;
    this.access = access;
    this.transport = transport;
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
    var secured = new SecuredTransport(transport, new IssuerTls(definition.tls(), credential));
    String host = URI.create(Objects.requireNonNull(spec.http()).url()).getHost();
    return new HttpKeyIssuer(
        definition,
        definition.auth().access(credential, secured, definition),
        secured,
        transport.restraint(spec, host));
  }

  @Override
  public Issuer askedWith(List<Key> keys) {
    return new HttpKeyIssuer(definition, access.with(keys), transport, restraint);
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
    return switch (askAsRekey(Verb.CREATE, create.request(), values, headers, Optional.empty())) {
      case Exchange.NotSent(Fault fault) -> new MintResult.Refused(fault);
      case Exchange.NoAnswer(Fault fault) -> new MintResult.Unclear(fault);
      case Exchange.Answered(Answer answer) -> created(create, answer);
    };
  }

  private MintResult created(HttpDefinition.Create create, Answer answer) {
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
    Fault fault = access.explained(AnswerFaults.of(Verb.CREATE, answer));
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
      switch (askAsRekey(
          Verb.LIST, list.request().at(address), Map.of(), Map.of(), Optional.empty())) {
        case Exchange.NotSent(Fault fault) -> {
          return new Listing.Failed(fault);
        }
        case Exchange.NoAnswer(Fault fault) -> {
          return new Listing.Failed(fault);
        }
        case Exchange.Answered(Answer answer) -> {
          try {
            if (!list.outcomes().succeeded(answer)) {
              return new Listing.Failed(access.explained(AnswerFaults.of(Verb.LIST, answer)));
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
    Map<String, @Nullable Object> values = Described.shown(key);
    return switch (askAsRekey(
        Verb.DELETE, definition.delete().request(), values, Map.of(), Optional.of(key))) {
      case Exchange.NotSent(Fault fault) -> new DeleteResult.Failed(fault);
      case Exchange.NoAnswer(Fault fault) -> new DeleteResult.Failed(fault);
      case Exchange.Answered(Answer answer) -> deleted(definition.delete().outcomes(), answer, key);
    };
  }

  private DeleteResult deleted(Outcomes outcomes, Answer answer, Key key) {
    if (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED && access.isItself(key)) {
      // it was asked to delete itself, and gets in no more
      return new DeleteResult.Gone();
    }
    if (!tellsNothing(answer) && outcomes.holdsBesides(answer)) {
      return new DeleteResult.Gone();
    }
    try {
      return outcomes.succeeded(answer)
          ? new DeleteResult.Deleted()
          : new DeleteResult.Failed(access.explained(AnswerFaults.of(Verb.DELETE, answer)));
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

  /** {@code about} is the key that the request is about, where there is one. */
  private Exchange askAsRekey(
      Verb verb,
      RequestTemplate request,
      Map<String, ?> values,
      Map<String, String> headers,
      Optional<Key> about) {
    // first the turn, then what gets in: only a leader gets that, and then sends at once
    return inTurn(verb, left -> askNow(verb, request, values, headers, about, left));
  }

  private Exchange inTurn(Verb verb, Function<Duration, Exchange> send) {
    return restraint.ask(verb, definition.capabilities().requestTimeout(), send);
  }

  private Exchange askNow(
      Verb verb,
      RequestTemplate request,
      Map<String, ?> values,
      Map<String, String> headers,
      Optional<Key> about,
      Duration whole) {
    Instant begin = transport.clock().instant();
    return switch (access.enter(about)) {
      case Pass.Denied(Fault fault) -> new Exchange.NotSent(fault);
      case Pass.Given given -> {
        // to get in is part of the request: what was not sent in its time is not sent later, and
        // what changes something needs time for its answer
        Duration left = restraint.left(begin, whole);
        Exchange exchange =
            left.compareTo(verb == Verb.LIST ? Duration.ZERO : whole.dividedBy(2)) > 0
                ? ask(verb, request, values, new Carried(given, headers), left)
                : notSent(
                    Reason.IssuerTimedOut,
                    "Getting in took the time of the request to "
                        + verb.words()
                        + ", so that it was not made. Rekey tries again by itself.");
        yield isRefused(exchange)
            ? again(verb, request, values, new Refused(given, headers, exchange), begin, whole)
            : exchange;
      }
    };
  }

  /** A request that was refused. */
  private record Refused(Pass.Given with, Map<String, String> headers, Exchange exchange) {}

  /**
   * What changes something is asked for once, within its deadline; the next attempt gets in anew.
   */
  private Exchange again(
      Verb verb,
      RequestTemplate request,
      Map<String, ?> values,
      Refused refused,
      Instant begin,
      Duration whole) {
    Supplier<Pass> another = access.refused(refused.with());
    return verb == Verb.LIST
            && another.get() instanceof Pass.Given given
            && !given.equals(refused.with())
        ? ask(
            verb,
            request,
            values,
            new Carried(given, refused.headers()),
            restraint.left(begin, whole))
        : refused.exchange();
  }

  private static boolean isRefused(Exchange exchange) {
    return exchange instanceof Exchange.Answered(var answer)
        && (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED
            || answer.status() == HttpURLConnection.HTTP_FORBIDDEN);
  }

  private Exchange askAsKey(HttpDefinition.Verify verify, Key key) {
    Map<String, @Nullable Object> values = Described.whole(key);
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
                    new Carried(new Pass.Given(carried.get()), Map.of()),
                    left));
  }

  /** What a request carries beside what it is about. */
  private record Carried(Pass.Given pass, Map<String, String> headers) {}

  private Exchange ask(
      Verb verb, RequestTemplate request, Map<String, ?> values, Carried carried, Duration left) {
    URI target;
    Optional<Payload> payload;
    Map<String, String> headers = new HashMap<>();
    try {
      target = request.target(values);
      payload = request.payload(carried.pass().credential().beside(values));
      headers.putAll(request.headers().render(values));
      headers.putAll(carried.headers());
    } catch (CelProblem problem) {
      return invalid(verb, problem);
    }
    return transport.exchange(
        verb,
        new SecuredTransport.Request(
            request.method(), target, carried.pass().authentication(), headers, payload),
        left);
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
