package dev.rekey.node;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Map;

/** A Deployment as applications that hold an API key have it: the key in a variable. */
public final class CallingDeployment {

  /** The data key of the Secret in which the value is expected. */
  public static final String DATA_KEY = "apiKey";

  private CallingDeployment() {}

  /**
   * Pods that read {@code API_KEY} from the Secret, one at a time in a rollout.
   *
   * @param podAnnotations for the pod template, for example {@link PodSwitches}
   */
  public static Deployment of(
      String name, int replicas, String secret, Map<String, String> podAnnotations) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(name)
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withNewMaxSurge(1)
        .withNewMaxUnavailable(0)
        .endRollingUpdate()
        .endStrategy()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", name)
        .addToAnnotations(podAnnotations)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage("registry.example/app:1")
        .addNewEnv()
        .withName("API_KEY")
        .withNewValueFrom()
        .withNewSecretKeyRef(DATA_KEY, secret, false)
        .endValueFrom()
        .endEnv()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
