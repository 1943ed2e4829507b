package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Scope;
import dev.rekey.cel.Template;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON body whose texts, however deep, are templates. */
final class BodyTemplate {
  private static final int DEEPEST_NESTING = 32;
  private static final int LARGEST = 64 * 1024;

  private final Map<String, @Nullable Object> tree;

  private BodyTemplate(Map<String, @Nullable Object> tree) {
    this.tree = tree;
  }

  /** Compiles a body; each text that is wrong becomes a finding with its own path. */
  static Optional<BodyTemplate> compile(
      String path, @Nullable Map<String, Object> body, Scope scope, Findings findings) {
    if (body == null) {
      return Optional.empty();
    }
    return Optional.of(new BodyTemplate(compileMap(path, body, scope, findings, 0)));
  }

  /** The body as it is sent. */
  byte[] render(Map<String, ?> values) {
    byte[] json = Json.write(render(tree, values));
    if (json.length > LARGEST) {
      throw CelProblem.of("becomes larger than " + LARGEST + " bytes");
    }
    return json;
  }

  private static Map<String, @Nullable Object> compileMap(
      String path, Map<?, ?> map, Scope scope, Findings findings, int depth) {
    Map<String, @Nullable Object> compiled = new LinkedHashMap<>();
    map.forEach((key, value) ->
        compiled.put(
            String.valueOf(key), compile(path + "." + key, value, scope, findings, depth + 1)));
    return compiled;
  }

  private static @Nullable Object compile(
      String path, @Nullable Object value, Scope scope, Findings findings, int depth) {
    if (depth > DEEPEST_NESTING) {
      findings.add(path, "is nested deeper than " + DEEPEST_NESTING + " levels");
      return null;
    }
    return switch (value) {
      case null -> null;
      case String text -> findings.take(path, () -> Template.compile(text, scope)).orElse(null);
      case Map<?, ?> map -> compileMap(path, map, scope, findings, depth);
      case List<?> list -> {
        List<@Nullable Object> compiled = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          compiled.add(compile(path + "[" + i + "]", list.get(i), scope, findings, depth + 1));
        }
        yield compiled;
      }
      default -> value;
    };
  }

  private static @Nullable Object render(@Nullable Object node, Map<String, ?> values) {
    return switch (node) {
      case null -> null;
      case Template template -> plain(template.render(values));
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> rendered = new LinkedHashMap<>();
        for (Map.Entry<?, ?> each : map.entrySet()) {
          rendered.put(String.valueOf(each.getKey()), render(each.getValue(), values));
        }
        yield rendered;
      }
      case List<?> list -> {
        List<@Nullable Object> rendered = new ArrayList<>();
        for (Object each : list) {
          rendered.add(render(each, values));
        }
        yield rendered;
      }
      default -> node;
    };
  }

  /** JSON knows no instant. */
  private static @Nullable Object plain(@Nullable Object value) {
    return value instanceof Instant instant ? instant.toString() : value;
  }
}
