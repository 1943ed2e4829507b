package dev.rekey.issuer.manual;

import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.api.v1alpha1.ManualIssuer;
import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Scope;
import dev.rekey.cel.Template;
import dev.rekey.config.Spans;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.issuer.IssuerProblem.Detail;
import dev.rekey.issuer.MintRequest;
import dev.rekey.issuer.http.HttpTransport;
import dev.rekey.issuer.http.HttpVerifier;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verdict;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An issuer that is a person at a dashboard. To mint is to ask, and to delete is to ask as well;
 * whether a key works the service may tell by itself.
 */
public final class ManualKeyIssuer implements Issuer {
  private static final String AT = "spec.manual.";

  private static final Scope SCOPE =
      Scope.ofTexts(
          "request.label",
          "request.attempt",
          "request.contacts",
          "rotation.namespace",
          "rotation.name");

  /** Nothing but a person's word tells that a key is gone; that is waited for, not asked for. */
  private static final Duration RARELY = Duration.ofDays(1);

  private static final Duration LONGEST_DEADLINE = Duration.ofDays(365);

  private final String dashboard;
  private final String contacts;
  private final Template instructions;
  private final Duration deadline;
  private final Optional<HttpVerifier> verifier;
  private final Capabilities capabilities;
  private final InstantSource clock;

  private ManualKeyIssuer(
      ManualIssuer manual,
      Template instructions,
      Duration deadline,
      Optional<HttpVerifier> verifier,
      Capabilities capabilities,
      InstantSource clock) {
    List<String> people = manual.contacts();
    this.dashboard = manual.dashboard();
    this.contacts = people == null ? "" : String.join(", ", people);
    this.instructions = instructions;
    this.deadline = deadline;
    this.verifier = verifier;
    this.capabilities = capabilities;
    this.clock = clock;
  }

  /**
   * Makes an issuer of its definition. Nobody is asked for anything.
   *
   * @throws IssuerProblem when the definition cannot be used, with all that is wrong in it
   */
  public static ManualKeyIssuer compile(
      IssuerSpec spec, ManualIssuer manual, HttpTransport transport, InstantSource clock) {
    var wrong = new ArrayList<Detail>();
    var instructions =
        compiled(AT + "instructions", wrong, () -> Template.compile(manual.instructions(), SCOPE));
    var deadline = span(AT + "deadline", deadline(manual), wrong);
    var maxAge = span("spec.maxAge", spec.maxAge(), wrong);
    var verifier = verifier(manual, transport, wrong);
    if (deadline.filter(it -> it.compareTo(LONGEST_DEADLINE) > 0).isPresent()) {
      wrong.add(
          new Detail(Reason.IssuerInvalid, AT + "deadline", "is longer than 365d; write 14d"));
    }
    if (!wrong.isEmpty()) {
      throw new IssuerProblem(wrong);
    }
    Integer quota = spec.quota();
    return new ManualKeyIssuer(
        manual,
        instructions.orElseThrow(),
        deadline.orElseThrow(),
        verifier,
        new Capabilities(
            Tracing.PERSON,
            false,
            verifier.isPresent(),
            false,
            maxAge,
            quota == null ? OptionalInt.empty() : OptionalInt.of(quota),
            verifier.map(HttpVerifier::requestTimeout).orElse(Duration.ofSeconds(10))),
        clock);
  }

  private static String deadline(ManualIssuer manual) {
    String written = manual.deadline();
    return written == null ? ManualIssuer.DEFAULT_DEADLINE : written;
  }

  private static <T> Optional<T> compiled(
      String path, List<Detail> wrong, Supplier<T> compilation) {
    try {
      return Optional.of(compilation.get());
    } catch (CelProblem problem) {
      wrong.add(new Detail(Reason.IssuerInvalid, path, String.valueOf(problem.getMessage())));
      return Optional.empty();
    }
  }

  private static Optional<Duration> span(String path, @Nullable String text, List<Detail> wrong) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Spans.parse(text));
    } catch (IllegalArgumentException notASpan) {
      wrong.add(new Detail(Reason.IssuerInvalid, path, String.valueOf(notASpan.getMessage())));
      return Optional.empty();
    }
  }

  private static Optional<HttpVerifier> verifier(
      ManualIssuer manual, HttpTransport transport, List<Detail> wrong) {
    var verify = manual.verify();
    String url = manual.url();
    if (verify == null || url == null) {
      if (verify != null || url != null) {
        wrong.add(
            new Detail(
                Reason.IssuerInvalid,
                verify == null ? AT + "verify" : AT + "url",
                "is missing; write url and verify together, or neither"));
      }
      return Optional.empty();
    }
    try {
      return Optional.of(HttpVerifier.compile(AT, url, manual.requestTimeout(), verify, transport));
    } catch (IssuerProblem problem) {
      wrong.addAll(problem.details());
      return Optional.empty();
    }
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public MintResult mint(MintRequest request) {
    String text;
    try {
      text =
          instructions.renderText(
              Map.of(
                  "request.label", request.label(),
                  "request.attempt", request.attempt(),
                  "request.contacts", contacts,
                  "rotation.namespace", request.namespace(),
                  "rotation.name", request.name()));
    } catch (CelProblem problem) {
      return new MintResult.Refused(
          Fault.of(Reason.IssuerInvalid, AT + "instructions: " + problem.getMessage()));
    }
    return new MintResult.Awaiting(
        "Make one at "
            + dashboard
            + " with the label "
            + request.label()
            + (contacts.isEmpty() ? "" : " and the contacts " + contacts)
            + ". "
            + sentence(text.strip()),
        clock.instant().plus(deadline));
  }

  private static String sentence(String text) {
    return text.isEmpty() || text.endsWith(".") ? text : text + ".";
  }

  @Override
  public Verdict verify(Key key) {
    return verifier
        .map(it -> it.verify(key))
        .orElseGet(() ->
            new Verdict.Unknown(
                Fault.of(Reason.IssuerInvalid, "The issuer has no spec.manual.verify.")));
  }

  @Override
  public Listing list() {
    return new Listing.Failed(
        Fault.of(Reason.IssuerInvalid, "Nothing but its dashboard lists the keys of this issuer."));
  }

  /** Nothing is sent that deletes: the key is gone once a person has deleted it. */
  @Override
  public DeleteResult delete(Key key) {
    boolean tells = verifier.isPresent() && key.fields().containsKey("value");
    if (tells && verify(key) instanceof Verdict.Rejected) {
      return new DeleteResult.Gone();
    }
    var ask =
        "Delete "
            + key.display()
            + key.label()
                .filter(it -> !key.id().equals(Optional.of(it)))
                .map(it -> ", labelled " + it + ",")
                .orElse("")
            + " by hand at "
            + dashboard
            + ". "
            + (tells
                ? "Rekey notices when it works no more."
                : "Then annotate the rotation with "
                    + Names.DELETED
                    + ": \""
                    + key.id().orElse(key.hint())
                    + "\".");
    return new DeleteResult.Failed(
        new Fault(Reason.AwaitingDeletion, ask, tells ? Optional.empty() : Optional.of(RARELY)));
  }
}
