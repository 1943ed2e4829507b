package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Expression;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Logs in, and takes the session from the answer.
 *
 * @param token where the answer has it; absent where it is a cookie that the answer sets
 * @param carrier how later requests carry it
 */
record LoginRequest(
    RequestTemplate request,
    Outcomes outcomes,
    Optional<Expression> token,
    Carrier carrier,
    Optional<Expression> expiresIn,
    Optional<Expression> expiresAt)
    implements SessionRequest {

  /** How a session is carried. */
  sealed interface Carrier {
    /** {@code Authorization: Bearer}. */
    record Bearer() implements Carrier {}

    /** A header of any name. */
    record Header(String name, String prefix) implements Carrier {}

    /** A cookie. */
    record Cookie(String name) implements Carrier {}
  }

  @Override
  public Asked ask(Credential.Found credential, SecuredTransport transport, Duration timeout) {
    Map<String, String> parts = new HashMap<>();
    credential.parts().forEach((name, text) -> parts.put(name, text.reveal()));
    Map<String, Object> values = Map.of("credential", parts);
    SecuredTransport.Request login;
    try {
      login =
          new SecuredTransport.Request(
              request.method(),
              request.target(values),
              new Authentication.None(),
              request.headers().render(values),
              request.payload(values));
    } catch (CelProblem problem) {
      return new Asked.Failed(
          Fault.of(
              Reason.CredentialMissing,
              "The login cannot be made: "
                  + problem.getMessage()
                  + ". Compare "
                  + Verb.LOGIN.path()
                  + " with the Secret that its secretRef names."));
    }
    return switch (transport.exchange(Verb.LOGIN, login, timeout)) {
      case Exchange.NotSent(Fault fault) -> new Asked.Failed(fault);
      case Exchange.NoAnswer(Fault fault) -> new Asked.Failed(fault);
      case Exchange.Answered(Answer answer) -> read(answer);
    };
  }

  private Asked read(Answer answer) {
    try {
      if (!outcomes.succeeded(answer)) {
        return new Asked.Failed(refused(answer));
      }
      Optional<Authentication> carried = carried(session(answer));
      return carried
          .<Asked>map(it -> new Asked.Opened(it, life(answer)))
          .orElseGet(() -> notUnderstood(answer, "its session is empty or cannot be carried"));
    } catch (AnswerReader.NotUnderstood problem) {
      return notUnderstood(answer, problem.what());
    } catch (CelProblem problem) {
      return notUnderstood(answer, String.valueOf(problem.getMessage()));
    }
  }

  /** What is no success refuses the credential, by whatever status a service says so. */
  private static Fault refused(Answer answer) {
    int status = answer.status();
    return status == 400 || status == 401 || status == 403 || status == 422 || answer.success()
        ? Fault.of(
            Reason.CredentialRefused,
            "The login was answered with status "
                + status
                + ": it refuses Rekey's credential. Put a working one into the Secret that "
                + Verb.LOGIN.path()
                + ".secretRef names.")
        : AnswerFaults.of(Verb.LOGIN, answer);
  }

  private String session(Answer answer) throws AnswerReader.NotUnderstood {
    if (token.isPresent()) {
      return token.get().text(answer.values());
    }
    if (carrier instanceof Carrier.Cookie(String name)) {
      return Cookies.set(answer.headerLines("set-cookie"), name)
          .orElseThrow(
              () -> new AnswerReader.NotUnderstood("it sets no cookie of the name " + name));
    }
    throw new AnswerReader.NotUnderstood("nothing says where it has the session");
  }

  private Optional<Authentication> carried(String session) {
    return switch (carrier) {
      case Carrier.Bearer() -> Authentication.bearer(session).filter(it -> !session.isBlank());
      case Carrier.Header(String name, String prefix) ->
          Authentication.header(name, prefix, session);
      case Carrier.Cookie(String name) ->
          Cookies.fits(session)
              ? Optional.of(
                  new Authentication.Header("Cookie", SecretText.of(name + "=" + session)))
              : Optional.empty();
    };
  }

  /** An end that makes no sense is as one that is not said: the session is used for a while. */
  private Optional<Duration> life(Answer answer) {
    return found(expiresIn, answer)
        .flatMap(Lives::ofSeconds)
        .or(() -> found(expiresAt, answer).flatMap(it -> Lives.until(it, answer.receivedAt())));
  }

  private static Optional<Object> found(Optional<Expression> expression, Answer answer) {
    Map<String, @Nullable Object> values = answer.values();
    try {
      return expression.flatMap(it -> it.find(values));
    } catch (CelProblem none) {
      return Optional.empty();
    }
  }

  private static Asked notUnderstood(Answer answer, String what) {
    return new Asked.Failed(AnswerFaults.notUnderstood(Verb.LOGIN, answer, what));
  }

  /** Cookies, as far as a session needs them. */
  static final class Cookies {
    private Cookies() {}

    /** The value that these lines set last under this name. */
    static Optional<String> set(List<String> lines, String name) {
      return lines.stream()
          .map(it -> it.split(";", 2)[0].strip())
          .filter(it -> it.startsWith(name + "="))
          .map(it -> it.substring(name.length() + 1).strip())
          .reduce((earlier, later) -> later);
    }

    /** Whether a request can carry this, and nothing else with it. */
    static boolean fits(String value) {
      return !value.isEmpty()
          && value.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ';' && c != ',');
    }
  }
}
