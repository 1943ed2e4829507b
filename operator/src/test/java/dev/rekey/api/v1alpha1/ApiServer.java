package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * The API server as {@code kubectl} talks to it: files are sent as they are, and validated
 * strictly, so that a misspelt field is an error.
 */
record ApiServer(KubernetesClient client) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern KIND = Pattern.compile("^kind: (\\w+)", Pattern.MULTILINE);

  /** Where the kinds that the tests apply are served; {@code %s} is the namespace. */
  private static final Map<String, String> PATHS =
      Map.of(
          "Namespace", "/api/v1/namespaces",
          "Secret", "/api/v1/namespaces/%s/secrets",
          "Deployment", "/apis/apps/v1/namespaces/%s/deployments",
          "ApiKeyRotation", "/apis/rekey.dev/v1alpha1/namespaces/%s/apikeyrotations",
          "KeyIssuer", "/apis/rekey.dev/v1alpha1/namespaces/%s/keyissuers",
          "ClusterKeyIssuer", "/apis/rekey.dev/v1alpha1/clusterkeyissuers");

  /** What it says. */
  record Answer(int code, JsonNode body) {
    String message() {
      return body.path("message").asText();
    }
  }

  /** Creates the one object that {@code yaml} holds. */
  Answer create(String namespace, String yaml) {
    return send(
        request(path(kind(yaml)).formatted(namespace) + "?fieldValidation=Strict")
            .post("application/yaml", yaml));
  }

  /** All but storing it. */
  Answer createDryRun(String namespace, String yaml) {
    return send(
        request(path(kind(yaml)).formatted(namespace) + "?fieldValidation=Strict&dryRun=All")
            .post("application/yaml", yaml));
  }

  /** What {@code kubectl get} prints. */
  Answer table(String namespace, String kind) {
    return send(
        request(path(kind).formatted(namespace))
            .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"));
  }

  static boolean isClusterWide(String yaml) {
    return !path(kind(yaml)).contains("%s");
  }

  private static String kind(String yaml) {
    var kind = KIND.matcher(yaml);
    if (!kind.find()) {
      throw new IllegalArgumentException("no kind in\n" + yaml);
    }
    return kind.group(1);
  }

  private static String path(String kind) {
    var path = PATHS.get(kind);
    if (path == null) {
      throw new IllegalArgumentException("where is kind " + kind + " served?");
    }
    return path;
  }

  private HttpRequest.Builder request(String path) {
    return client
        .getHttpClient()
        .newHttpRequestBuilder()
        .uri(URI.create(client.getMasterUrl().toString()).resolve(path));
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      var response =
          client.getHttpClient().sendAsync(request.build(), String.class).get(30, TimeUnit.SECONDS);
      return new Answer(response.code(), JSON.readTree(response.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException | IOException e) {
      throw new IllegalStateException("no answer from the API server", e);
    }
  }
}
