package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.ClusterException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.function.Supplier;

/**
 * Turns the client's exceptions into ours, and leaves their text behind: it may quote an object.
 */
final class Calls {
  private static final int UNPROCESSABLE = 422;
  private static final int TOO_MANY = 429;

  private Calls() {}

  static <T> T call(String object, Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException problem) {
      throw typed(object, problem.getCode());
    }
  }

  private static ClusterException typed(String object, int code) {
    return switch (code) {
      case HttpURLConnection.HTTP_CONFLICT -> new ClusterException.Conflict(object);
      case HttpURLConnection.HTTP_NOT_FOUND -> new ClusterException.NotFound(object);
      case HttpURLConnection.HTTP_BAD_REQUEST,
          HttpURLConnection.HTTP_UNAUTHORIZED,
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_BAD_METHOD,
          UNPROCESSABLE ->
          new ClusterException.Refused(object, code);
      case TOO_MANY -> new ClusterException.Unavailable(object, code);
      default -> new ClusterException.Unavailable(object, code);
    };
  }
}
