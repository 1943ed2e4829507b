package dev.rekey.simulated;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;

/** How the pods of a life read the target Secret. */
enum Reads {
  /** Into their environment, when a container starts, and never again. */
  VARIABLE(
      new PodSpecBuilder()
          .addNewContainer()
          .withName("app")
          .addNewEnv()
          .withName("API_KEY")
          .withNewValueFrom()
          .withNewSecretKeyRef()
          .withName(SimulatedSecrets.TARGET)
          .withKey(SimulatedSecrets.DATA_KEY)
          .endSecretKeyRef()
          .endValueFrom()
          .endEnv()
          .endContainer()
          .build()),

  /** As a file that their kubelet renews now and then, while it and they run. */
  FILE(
      new PodSpecBuilder()
          .addNewContainer()
          .withName("app")
          .addNewVolumeMount()
          .withName("key")
          .withMountPath("/key")
          .endVolumeMount()
          .endContainer()
          .addNewVolume()
          .withName("key")
          .withNewSecret()
          .withSecretName(SimulatedSecrets.TARGET)
          .endSecret()
          .endVolume()
          .build());

  private final PodSpec spec;

  Reads(PodSpec spec) {
    this.spec = spec;
  }

  /** What a template says. */
  PodSpec spec() {
    return spec;
  }

  /** The same, with one more Secret. */
  PodSpec specThatAlsoReads(String secret) {
    return new PodSpecBuilder(spec)
        .editFirstContainer()
        .addNewEnvFrom()
        .withNewSecretRef()
        .withName(secret)
        .endSecretRef()
        .endEnvFrom()
        .endContainer()
        .build();
  }

  /** What a pod on {@code node} says. */
  PodSpec on(String node) {
    return new PodSpecBuilder(spec).withNodeName(node).build();
  }
}
