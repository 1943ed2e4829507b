package dev.rekey.node;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;

/** The two writes of a kubelet. Neither ever touches a later pod of the same name. */
final class PodApi {

  private static final int UNPROCESSABLE = 422;

  private final KubernetesClient client;

  PodApi(KubernetesClient client) {
    this.client = client;
  }

  /** Reports the status of a pod, if it is still that pod. */
  void report(Pod pod, PodStatus status) {
    try {
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .subresource("status")
          .patch(PatchContext.of(PatchType.JSON), StatusPatch.of(pod, status));
    } catch (KubernetesClientException e) {
      ignoreIfGone(e);
    }
  }

  /** The last word of a kubelet: the pod's containers have ended, the object may go. */
  void remove(Pod pod) {
    String path =
        "/api/v1/namespaces/%s/pods/%s"
            .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    try {
      client.raw(
          path,
          "DELETE",
          new DeleteOptionsBuilder()
              .withGracePeriodSeconds(0L)
              .withNewPreconditions()
              .withUid(pod.getMetadata().getUid())
              .endPreconditions()
              .build());
    } catch (KubernetesClientException e) {
      ignoreIfGone(e);
    }
  }

  /** Gone, or its name belongs to another pod by now. */
  private static void ignoreIfGone(KubernetesClientException e) {
    boolean gone =
        e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
            || e.getCode() == HttpURLConnection.HTTP_CONFLICT
            || e.getCode() == UNPROCESSABLE;
    if (!gone) {
      throw e;
    }
  }
}
