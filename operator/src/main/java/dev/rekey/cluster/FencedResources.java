package dev.rekey.cluster;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import java.util.Optional;

/** Resources behind a fence. */
record FencedResources(Resources resources, Fence fence) implements Resources {

  @Override
  public Optional<ApiKeyRotation> get(String namespace, String name) {
    return resources.get(namespace, name);
  }

  @Override
  public void writeStatus(ApiKeyRotation resource, ApiKeyRotationStatus status) {
    var meta = resource.getMetadata();
    fence.pass("the status of ApiKeyRotation " + meta.getNamespace() + "/" + meta.getName());
    resources.writeStatus(resource, status);
  }

  @Override
  public ApiKeyRotation guard(ApiKeyRotation resource, boolean guarded) {
    var meta = resource.getMetadata();
    fence.pass("ApiKeyRotation " + meta.getNamespace() + "/" + meta.getName());
    return resources.guard(resource, guarded);
  }

  @Override
  public Optional<String> namespaceUid(String name) {
    return resources.namespaceUid(name);
  }
}
