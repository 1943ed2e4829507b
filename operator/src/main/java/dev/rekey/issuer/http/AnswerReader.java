package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Expression;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.SecretText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes what a definition names out of successful answers. */
final class AnswerReader {
  private static final String CREATED = Verb.CREATE.path() + ".key.";
  private static final String LISTED = Verb.LIST.path() + ".item";

  private AnswerReader() {}

  /** An answer that is not as the definition says; the message holds nothing of the answer. */
  static final class NotUnderstood extends Exception {
    private static final long serialVersionUID = 1L;

    NotUnderstood(String message) {
      super(message);
    }

    String what() {
      return String.valueOf(getMessage());
    }
  }

  static MintResult.Minted minted(HttpDefinition.Create create, Answer answer)
      throws NotUnderstood {
    requireJson(answer);
    Map<String, @Nullable Object> values = answer.values();
    String id = text(CREATED + "id", create.id(), values);
    String value = text(CREATED + "value", create.value(), values);
    if (id.contains(value)) {
      throw new NotUnderstood(
          CREATED + "id gives the secret itself, and ids are shown; it must name another field");
    }
    return new MintResult.Minted(
        id,
        Map.of("value", SecretText.of(value)),
        date(CREATED + "issuedAt", create.issuedAt(), values),
        date(CREATED + "expiresAt", create.expiresAt(), values));
  }

  /** The keys of one answer. */
  static List<Listing.ListedKey> listed(HttpDefinition.ListKeys list, Answer answer)
      throws NotUnderstood {
    requireJson(answer);
    String path = Verb.LIST.path() + ".items";
    Object items;
    try {
      items = list.items().evaluate(answer.values());
    } catch (CelProblem problem) {
      throw new NotUnderstood(path + ": " + problem.getMessage());
    }
    if (!(items instanceof List<?> entries)) {
      throw new NotUnderstood(path + " does not give a list");
    }
    List<Listing.ListedKey> keys = new ArrayList<>();
    for (Object entry : entries) {
      keys.add(listedKey(list, entry));
    }
    return keys;
  }

  /**
   * One entry without an id spoils the list, which would seem complete without it. One with a date
   * or a label that makes no sense does not: it may be another team's.
   */
  private static Listing.ListedKey listedKey(HttpDefinition.ListKeys list, @Nullable Object entry)
      throws NotUnderstood {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("item", entry);
    return new Listing.ListedKey(
        text(LISTED + ".id", list.id(), values),
        list.label().map(it -> textOrEmpty(it, values)).orElse(""),
        list.issuedAt().flatMap(it -> dateOrEmpty(it, values)),
        list.expiresAt().flatMap(it -> dateOrEmpty(it, values)));
  }

  private static void requireJson(Answer answer) throws NotUnderstood {
    if (answer.tooLarge()) {
      throw new NotUnderstood("it is larger than 1 MiB");
    }
    if (answer.json().isEmpty()) {
      throw new NotUnderstood("it is no JSON");
    }
  }

  private static String text(
      String path, Expression expression, Map<String, @Nullable Object> values)
      throws NotUnderstood {
    try {
      String text = expression.text(values);
      if (text.isEmpty()) {
        throw new NotUnderstood(path + " gives empty text");
      }
      return text;
    } catch (CelProblem problem) {
      throw new NotUnderstood(path + ": " + problem.getMessage());
    }
  }

  private static Optional<Instant> date(
      String path, Optional<Expression> expression, Map<String, @Nullable Object> values)
      throws NotUnderstood {
    if (expression.isEmpty()) {
      return Optional.empty();
    }
    Optional<Object> found;
    try {
      found = expression.get().find(values).filter(it -> !it.equals(""));
    } catch (CelProblem problem) {
      throw new NotUnderstood(path + ": " + problem.getMessage());
    }
    Optional<Instant> date = found.flatMap(Dates::read);
    if (found.isPresent() && date.isEmpty()) {
      throw new NotUnderstood(
          path + " gives no date; expected RFC 3339, yyyy-MM-dd, or epoch seconds or milliseconds");
    }
    return date;
  }

  private static String textOrEmpty(Expression expression, Map<String, @Nullable Object> values) {
    try {
      return expression.text(values);
    } catch (CelProblem none) {
      return "";
    }
  }

  private static Optional<Instant> dateOrEmpty(
      Expression expression, Map<String, @Nullable Object> values) {
    try {
      return expression.find(values).flatMap(Dates::read);
    } catch (CelProblem none) {
      return Optional.empty();
    }
  }
}
