package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.DeclaredRequest;
import dev.rekey.cel.Scope;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request by definition: its method, its path, its headers and its body.
 *
 * @param method how it is sent
 * @param address where it goes in place of its path, for a further page of a list
 */
record RequestTemplate(
    String method,
    RequestPath path,
    HeaderTemplates headers,
    Optional<BodyTemplate> body,
    Optional<FormTemplate> form,
    Optional<URI> address) {

  /**
   * Compiles a request; each part that is wrong becomes a finding with its own path.
   *
   * @param scope what its path and its headers may use
   * @param inBody what its body may use
   */
  static Optional<RequestTemplate> compile(
      URI url, Verb verb, DeclaredRequest request, Scope scope, Scope inBody, Findings findings) {
    String at = verb.path();
    Map<String, String> paths = paths(request);
    if (paths.size() != 1) {
      findings.add(at, "must hold exactly one of get, post, put, patch and delete");
    }
    if (request.body() != null && request.form() != null) {
      findings.add(at + ".form", "stands beside body; write one of them");
    }
    Optional<RequestPath> path = Optional.empty();
    String method = "";
    for (Map.Entry<String, String> each : paths.entrySet()) {
      method = each.getKey();
      path =
          findings.take(
              at + "." + each.getKey(), () -> RequestPath.compile(url, each.getValue(), scope));
    }
    Map<String, String> further = request.headers();
    HeaderTemplates headers =
        HeaderTemplates.compile(
            at + ".headers", further == null ? Map.of() : further, scope, findings);
    Optional<BodyTemplate> body =
        BodyTemplate.compile(at + ".body", request.body(), inBody, findings);
    Map<String, String> fields = request.form();
    Optional<FormTemplate> form =
        fields == null
            ? Optional.empty()
            : Optional.of(FormTemplate.compile(at + ".form", fields, inBody, findings));
    String chosen = method.toUpperCase(Locale.ROOT);
    return path.map(it -> new RequestTemplate(chosen, it, headers, body, form, Optional.empty()));
  }

  /** The paths that are written, by the field that they are written into. */
  static Map<String, String> paths(DeclaredRequest request) {
    Map<String, String> paths = new LinkedHashMap<>();
    put(paths, "get", request.get());
    put(paths, "post", request.post());
    put(paths, "put", request.put());
    put(paths, "patch", request.patch());
    put(paths, "delete", request.delete());
    return paths;
  }

  private static void put(Map<String, String> paths, String field, @Nullable String path) {
    if (path != null) {
      paths.put(field, path);
    }
  }

  /** The same request at another address. */
  RequestTemplate at(URI other) {
    return new RequestTemplate(method, path, headers, body, form, Optional.of(other));
  }

  /** The whole address. */
  URI target(Map<String, ?> values) {
    return address.orElseGet(() -> path.render(values));
  }

  /** The body as it is sent. */
  Optional<Payload> payload(Map<String, ?> values) {
    return body.map(it -> new Payload("application/json", it.render(values)))
        .or(() ->
            form.map(it -> new Payload("application/x-www-form-urlencoded", it.render(values))));
  }
}
