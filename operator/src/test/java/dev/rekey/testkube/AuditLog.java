package dev.rekey.testkube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the API server was asked, by whom. The control plane's own components are left out.
 *
 * <p>A line is written when the answer goes out (for a watch: when it begins), so it may be there a
 * moment after the client has its answer: await what you expect.
 */
public final class AuditLog {
  /** Metadata of every request but those of the control plane itself, which are many. */
  static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
        - level: None
          users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"]
        - level: None
          userGroups: ["system:serviceaccounts:kube-system"]
        - level: None
          nonResourceURLs: ["/readyz"]
        - level: Metadata
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  AuditLog(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /**
   * One request.
   *
   * @param verb get, list, watch, create, update, patch, delete, deletecollection; for a path that
   *     is no resource the HTTP method in lower case
   * @param resource plural, {@code ""} for a path that is no resource, as are the three after it
   *     where they don't apply
   * @param code HTTP status of the answer
   */
  public record Request(
      String user,
      String verb,
      String resource,
      String subresource,
      String namespace,
      String name,
      String path,
      int code,
      String userAgent,
      Instant time) {}

  /** All requests so far, in the order of their answers. */
  public List<Request> requests() {
    var byId = new LinkedHashMap<String, Request>(); // a watch has a line for its end too
    for (var line : completeLines()) {
      var event = parse(line);
      byId.putIfAbsent(event.path("auditID").asText(), request(event));
    }
    return List.copyOf(byId.values());
  }

  /**
   * The requests of one user, for example {@code admin} or {@code system:serviceaccount:ns:name}.
   */
  public List<Request> requestsBy(String user) {
    return requests().stream().filter(r -> r.user().equals(user)).toList();
  }

  /** For example {@code [get secrets=12, patch apikeyrotations/status=3]}. */
  public static Map<String, Integer> count(List<Request> requests) {
    var counts = new TreeMap<String, Integer>();
    for (var r : requests) {
      var what = r.resource().isEmpty() ? r.path() : r.resource();
      var sub = r.subresource().isEmpty() ? "" : "/" + r.subresource();
      counts.merge(r.verb() + " " + what + sub, 1, Integer::sum);
    }
    return counts;
  }

  private List<String> completeLines() {
    try {
      if (!Files.exists(file)) {
        return List.of();
      }
      var text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Request request(JsonNode event) {
    var object = event.path("objectRef");
    return new Request(
        event.path("user").path("username").asText(),
        event.path("verb").asText(),
        object.path("resource").asText(),
        object.path("subresource").asText(),
        object.path("namespace").asText(),
        object.path("name").asText(),
        event.path("requestURI").asText(),
        event.path("responseStatus").path("code").asInt(),
        event.path("userAgent").asText(),
        Instant.parse(event.path("requestReceivedTimestamp").asText()));
  }
}
