package dev.rekey.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watcher.Action;
import io.fabric8.kubernetes.client.server.mock.KubernetesAttributesExtractor;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.crud.AttributeSet;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.internal.MockDispatcher;
import io.fabric8.mockwebserver.internal.SimpleRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;

/**
 * The mock API server, mended where a rotation would see the difference:
 *
 * <ul>
 *   <li>a pod that is bound to a node is not gone when it is deleted: it is terminating, visible to
 *       every list, until its node deletes it with a grace period of 0;
 *   <li>a deletion changes the resourceVersion and writes a deletionTimestamp with a zone;
 *   <li>preconditions of a deletion are checked;
 *   <li>stringData of a Secret becomes data;
 *   <li>a watch that is closed harms no other request;
 *   <li>SelfSubjectRulesReviews, which leader election asks for, are answered.
 * </ul>
 *
 * Recorded expectations come first, as with the mock server's own mixed dispatcher.
 */
final class DemoApiServer extends KubernetesCrudDispatcher {

  /**
   * Keeps a terminating pod in the mock's store, which throws away what is being deleted and has no
   * finalizer. It is there only from the pod's deletion to its end.
   */
  static final String HELD_BY_ITS_NODE = "demo.rekey.dev/held-by-its-node";

  private static final String RULES_REVIEWS =
      "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
  private static final long DEFAULT_GRACE_SECONDS = 30;
  private static final ScopedValue<Boolean> BY_THE_NODE = ScopedValue.newInstance();

  private final Map<ServerRequest, Queue<ServerResponse>> expectations;
  private final MockDispatcher expected;
  private final Set<Watch> watches = new CopyOnWriteArraySet<>();

  DemoApiServer(Map<ServerRequest, Queue<ServerResponse>> expectations) {
    this.expectations = expectations;
    this.expected = new MockDispatcher(expectations);
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) {
    Queue<ServerResponse> answers =
        expectations.get(new SimpleRequest(request.method(), request.getPath()));
    if (answers != null && !answers.isEmpty()) {
      return expected.dispatch(request);
    }
    if (request.method() == HttpMethod.POST && request.getPath().equals(RULES_REVIEWS)) {
      return json(201, rulesReview());
    }
    if (request.method() == HttpMethod.DELETE) {
      return delete(request);
    }
    MockResponse answer = super.dispatch(request);
    // kubectl would take it for protobuf, which it asks for first
    return answer.getWebSocketListener() == null
        ? answer.setHeader("Content-Type", "application/json")
        : answer;
  }

  @Override
  public MockResponse handleWatch(String path) {
    return new MockResponse()
        .withWebSocketUpgrade(
            new Watch(attributeExtractor.fromPath(path), this::replay, watches::remove));
  }

  @Override
  public void processEvent(
      String path,
      AttributeSet pathAttributes,
      @Nullable AttributeSet oldAttributes,
      @Nullable GenericKubernetesResource resource,
      @Nullable String newState) {
    // with the replay of a watch that opens in between, the watch could end with an old state
    synchronized (watches) {
      String before = oldAttributes == null ? null : map.get(oldAttributes);
      String after = newState != null ? mended(newState) : released(before);
      // the attributes are read from the state where no resource is given
      super.processEvent(path, pathAttributes, oldAttributes, null, after);
      if (!Objects.equals(before, after)) {
        tell(
            oldAttributes, before, after == null ? null : attributes(pathAttributes, after), after);
      }
    }
  }

  private void replay(Watch watch) {
    synchronized (watches) {
      map.forEach((attributes, state) -> {
        if (watch.isFor(attributes)) {
          watch.tell(Action.ADDED, state);
        }
      });
      watches.add(watch);
    }
  }

  private void tell(
      @Nullable AttributeSet oldAttributes,
      @Nullable String before,
      @Nullable AttributeSet newAttributes,
      @Nullable String after) {
    for (Watch watch : watches) {
      boolean had = oldAttributes != null && watch.isFor(oldAttributes);
      boolean has = newAttributes != null && watch.isFor(newAttributes);
      if (has && after != null) {
        watch.tell(had ? Action.MODIFIED : Action.ADDED, after);
      } else if (had && before != null) {
        watch.tell(Action.DELETED, before);
      }
    }
  }

  /** As the mock's own store keeps them: the plural comes from the path where no CRD tells it. */
  private AttributeSet attributes(AttributeSet pathAttributes, String state) {
    AttributeSet attributes = attributeExtractor.fromResource(state);
    return attributes.containsKey(KubernetesAttributesExtractor.PLURAL)
        ? attributes
        : AttributeSet.merge(pathAttributes, attributes);
  }

  /** What becomes of an object that is deleted: null where it is gone. */
  private @Nullable String released(@Nullable String state) {
    return BY_THE_NODE.isBound() ? null : terminating(state);
  }

  private MockResponse delete(RecordedRequest request) {
    JsonNode options = parse(request.getUtf8Body());
    String path = request.getPath().replaceAll("\\?.*", "");
    Optional<ObjectNode> existing = find(path);
    if (existing.isPresent() && !fulfils(existing.get(), options.path("preconditions"))) {
      return json(409, failure(409, "Conflict", "Precondition failed"));
    }
    boolean byTheNode =
        existing.map(DemoApiServer::isPod).orElse(false)
            && options.path("gracePeriodSeconds").asLong(-1) == 0;
    if (!byTheNode) {
      return super.dispatch(request);
    }
    MockResponse answer = ScopedValue.where(BY_THE_NODE, true).call(() -> super.dispatch(request));
    find(path).ifPresent(pod -> release(path, pod));
    return answer;
  }

  private Optional<ObjectNode> find(String path) {
    AttributeSet query = getKey(path);
    return query.containsKey("name")
        ? Optional.ofNullable(findResource(query)).map(found -> parse(found.getValue()))
        : Optional.empty();
  }

  private static boolean fulfils(ObjectNode object, JsonNode preconditions) {
    JsonNode metadata = object.path("metadata");
    return (!preconditions.hasNonNull("uid")
            || preconditions.path("uid").equals(metadata.path("uid")))
        && (!preconditions.hasNonNull("resourceVersion")
            || preconditions.path("resourceVersion").equals(metadata.path("resourceVersion")));
  }

  /** The node lets go of its pod: without finalizers, the mock drops what is being deleted. */
  private void release(String path, ObjectNode pod) {
    ArrayNode others = pod.arrayNode();
    for (JsonNode finalizer : pod.path("metadata").path("finalizers")) {
      if (!finalizer.asText().equals(HELD_BY_ITS_NODE)) {
        others.add(finalizer);
      }
    }
    String patch =
        "[{\"op\": \"replace\", \"path\": \"/metadata/finalizers\", \"value\": " + others + "}]";
    handlePatch(
        new RecordedRequest(
            "HTTP/1.1",
            HttpMethod.PATCH,
            path,
            Headers.builder().add("Content-Type", "application/json-patch+json").build(),
            new Buffer(patch.getBytes(StandardCharsets.UTF_8))));
  }

  /** A pod that runs on a node terminates; anything else is simply gone, which is null. */
  private @Nullable String terminating(@Nullable String state) {
    if (state == null) {
      return null;
    }
    ObjectNode object = parse(state);
    ObjectNode metadata = metadata(object);
    String phase = object.path("status").path("phase").asText();
    boolean running =
        isPod(object)
            && object.path("spec").hasNonNull("nodeName")
            && !phase.equals("Succeeded")
            && !phase.equals("Failed");
    if (!running || metadata.hasNonNull("deletionTimestamp")) {
      return null;
    }
    long grace =
        object.path("spec").path("terminationGracePeriodSeconds").asLong(DEFAULT_GRACE_SECONDS);
    metadata.put("deletionTimestamp", timestamp(grace));
    metadata.put("deletionGracePeriodSeconds", grace);
    metadata.put("resourceVersion", Long.toString(requestResourceVersion()));
    metadata.withArray("finalizers").add(HELD_BY_ITS_NODE);
    return object.toString();
  }

  private String mended(String state) {
    ObjectNode object = parse(state);
    ObjectNode metadata = metadata(object);
    boolean changed = false;
    if (metadata.hasNonNull("deletionTimestamp")
        && !isInstant(metadata.path("deletionTimestamp").asText())) {
      // just deleted, by the mock's own hand: a local time without a zone, and the old version
      metadata.put("deletionTimestamp", timestamp(0));
      metadata.put("resourceVersion", Long.toString(requestResourceVersion()));
      changed = true;
    }
    if (object.path("kind").asText().equals("Secret")
        && object.get("stringData") instanceof ObjectNode texts) {
      ObjectNode data = object.withObject("/data");
      for (Map.Entry<String, JsonNode> text : texts.properties()) {
        data.put(
            text.getKey(),
            Base64.getEncoder()
                .encodeToString(text.getValue().asText().getBytes(StandardCharsets.UTF_8)));
      }
      object.remove("stringData");
      changed = true;
    }
    return changed ? object.toString() : state;
  }

  private static boolean isPod(ObjectNode object) {
    return object.path("kind").asText().equals("Pod")
        && object.path("apiVersion").asText().equals("v1");
  }

  private static ObjectNode metadata(ObjectNode object) {
    return object.withObject("/metadata");
  }

  private static String timestamp(long secondsFromNow) {
    return Instant.now().plusSeconds(secondsFromNow).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static boolean isInstant(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static ObjectNode rulesReview() {
    ObjectNode review = JsonNodeFactory.instance.objectNode();
    review.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectRulesReview");
    ObjectNode status = review.putObject("status").put("incomplete", false);
    status.putArray("nonResourceRules");
    ObjectNode rule = status.putArray("resourceRules").addObject();
    rule.putArray("verbs").add("*");
    rule.putArray("apiGroups").add("*");
    rule.putArray("resources").add("*");
    return review;
  }

  private static ObjectNode failure(int code, String reason, String message) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("apiVersion", "v1")
        .put("kind", "Status")
        .put("status", "Failure")
        .put("message", message)
        .put("reason", reason)
        .put("code", code);
  }

  private static MockResponse json(int code, ObjectNode body) {
    return new MockResponse()
        .setResponseCode(code)
        .setHeader("Content-Type", "application/json")
        .setBody(body.toString());
  }

  private static ObjectNode parse(@Nullable String json) {
    return json == null || json.isBlank()
        ? JsonNodeFactory.instance.objectNode()
        : Serialization.unmarshal(json, ObjectNode.class);
  }
}
