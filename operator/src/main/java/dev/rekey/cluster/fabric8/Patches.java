package dev.rekey.cluster.fabric8;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * PATCH as one request. The client's own reads the object first, each time, only to tell whether it
 * is there.
 */
final class Patches {
  private static final long SECONDS = 30;
  private static final int FIRST_FAILURE = 300;

  /** The kind of a patch, by its media type. */
  enum Kind {
    /** A list of operations, RFC 6902. */
    JSON("application/json-patch+json"),
    /** What is to be as it says, RFC 7386. */
    MERGE("application/merge-patch+json");

    private final String mediaType;

    Kind(String mediaType) {
      this.mediaType = mediaType;
    }
  }

  private Patches() {}

  /**
   * Sends it, and gives the object as it is since then.
   *
   * @param path from the API server's root on, with a query where there is one
   * @throws KubernetesClientException with the status that was answered; 0: there was no answer
   */
  static <T extends HasMetadata> T send(
      KubernetesClient client, String path, Kind kind, String body, Class<T> type) {
    var http = client.getHttpClient();
    var root = client.getMasterUrl().toString();
    var request =
        http.newHttpRequestBuilder()
            .uri((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path)
            .method("PATCH", kind.mediaType, body)
            .build();
    var answer = answer(http.sendAsync(request, byte[].class));
    if (answer.code() >= FIRST_FAILURE) {
      // without its text, which may quote the object
      throw new KubernetesClientException("PATCH was refused", answer.code(), null);
    }
    return Serialization.unmarshal(new String(answer.body(), StandardCharsets.UTF_8), type);
  }

  private static HttpResponse<byte[]> answer(CompletableFuture<HttpResponse<byte[]>> sent) {
    try {
      return sent.get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("interrupted while a PATCH was under way", interrupted);
    } catch (ExecutionException | TimeoutException problem) {
      throw new KubernetesClientException("a PATCH was not answered", problem);
    }
  }
}
