package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Expression;
import dev.rekey.rotation.SecretText;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a list goes on, by definition. What an answer says is only followed at the issuer's own
 * scheme, host and port: the credential goes with it. An address may hold a credential that the
 * service repeats, so that none is ever shown.
 *
 * @param next how the next page is found; absent where one answer is the whole list
 * @param maxPages how many pages are read at most
 */
record Paging(Optional<Next> next, int maxPages) {
  private static final Pattern LINK = Pattern.compile("<([^>]*)>([^<]*)");
  private static final Pattern REL_NEXT =
      Pattern.compile(";\\s*rel\\s*=\\s*(\"([^\"]*\\s)?next(\\s[^\"]*)?\"|next\\s*([;,]|$))");

  /** How the next page is found. */
  sealed interface Next {
    /** The Link header with rel=next. */
    record LinkHeader() implements Next {}

    /** An expression that gives an address. */
    record Address(Expression expression) implements Next {}

    /** An expression that gives the value of a parameter. */
    record Cursor(Expression expression, String parameter) implements Next {}
  }

  /** One answer is the whole list. */
  static Paging none() {
    return new Paging(Optional.empty(), 1);
  }

  /**
   * The address of the page after this one; absent where it was the last.
   *
   * @param page the number of the page that was read
   */
  Optional<URI> after(URI asked, int page, Answer answer) throws AnswerReader.NotUnderstood {
    if (next.isEmpty()) {
      return Optional.empty();
    }
    return switch (next.get()) {
      case Next.LinkHeader link -> {
        Optional<String> address = linked(answer);
        yield address.isEmpty() ? Optional.empty() : Optional.of(resolved(asked, address.get()));
      }
      case Next.Address(Expression expression) -> {
        Optional<String> address = text(expression, page, answer);
        yield address.isEmpty() ? Optional.empty() : Optional.of(resolved(asked, address.get()));
      }
      case Next.Cursor(Expression expression, String parameter) ->
          text(expression, page, answer)
              .map(it -> dev.rekey.issuer.http.Address.with(asked, parameter, SecretText.of(it)));
    };
  }

  private static Optional<String> text(Expression expression, int page, Answer answer)
      throws AnswerReader.NotUnderstood {
    Map<String, @Nullable Object> values = new HashMap<>(answer.values());
    values.put("page", page);
    try {
      if (expression.find(values).isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(expression.text(values)).filter(it -> !it.isBlank());
    } catch (CelProblem problem) {
      throw new AnswerReader.NotUnderstood("spec.http.list.next: " + problem.getMessage());
    }
  }

  private static Optional<String> linked(Answer answer) {
    Matcher link = LINK.matcher(answer.header("link"));
    while (link.find()) {
      if (REL_NEXT.matcher(link.group(2).toLowerCase(Locale.ROOT)).find()) {
        return Optional.of(link.group(1));
      }
    }
    return Optional.empty();
  }

  private static URI resolved(URI asked, String address) throws AnswerReader.NotUnderstood {
    URI resolved;
    try {
      String text = address.strip();
      // the JDK resolves a query alone against the folder, not against the page
      resolved =
          text.startsWith("?")
              ? URI.create(asked.toString().replaceFirst("[?].*", "") + text)
              : asked.resolve(text);
    } catch (IllegalArgumentException invalid) {
      throw new AnswerReader.NotUnderstood("spec.http.list.next gives no address");
    }
    boolean own =
        asked.getScheme().equalsIgnoreCase(resolved.getScheme())
            && asked.getHost().equalsIgnoreCase(resolved.getHost())
            && dev.rekey.issuer.http.Address.port(asked)
                == dev.rekey.issuer.http.Address.port(resolved)
            && resolved.getRawUserInfo() == null;
    if (!own) {
      throw new AnswerReader.NotUnderstood(
          "spec.http.list.next gives an address of another scheme, host or port than"
              + " spec.http.url, where Rekey's credential does not go");
    }
    // as spec.http.url has them: whoever writes HTTPS must not be taken for somebody without TLS
    return URI.create(
        asked.getScheme()
            + "://"
            + asked.getRawAuthority()
            + dev.rekey.issuer.http.Address.pathAndQuery(resolved));
  }
}
