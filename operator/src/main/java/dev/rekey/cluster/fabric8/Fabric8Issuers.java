package dev.rekey.cluster.fabric8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.cluster.Issuers;
import dev.rekey.rotation.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** Issuers by the fabric8 client. */
public final class Fabric8Issuers implements Issuers {
  private final KubernetesClient client;

  /** Over {@code client}, which the caller closes. */
  public Fabric8Issuers(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<KeyIssuer> keyIssuer(String namespace, String name) {
    return Calls.call(
        "KeyIssuer " + namespace + "/" + name,
        () ->
            Optional.ofNullable(
                client.resources(KeyIssuer.class).inNamespace(namespace).withName(name).get()));
  }

  @Override
  public Optional<ClusterKeyIssuer> clusterKeyIssuer(String name) {
    return Calls.call(
        "ClusterKeyIssuer " + name,
        () -> Optional.ofNullable(client.resources(ClusterKeyIssuer.class).withName(name).get()));
  }

  @Override
  public void mark(HasMetadata read, boolean guarded, String annotation, Optional<String> value) {
    var meta = read.getMetadata();
    // A merge patch of metadata alone. The version that was read makes it a compare-and-set, and
    // never meets an object of that name made anew.
    var patch = JsonNodeFactory.instance.objectNode();
    var marks = patch.putObject("metadata").put("resourceVersion", meta.getResourceVersion());
    var finalizers = marks.putArray("finalizers");
    meta.getFinalizers().stream()
        .filter(it -> !it.equals(Names.FINALIZER))
        .forEach(finalizers::add);
    if (guarded) {
      finalizers.add(Names.FINALIZER);
    }
    // null takes an annotation away
    marks.putObject("annotations").put(annotation, value.orElse(null));
    Calls.call(
        read.getKind() + " " + meta.getName(),
        () ->
            Patches.send(
                client, path(read), Patches.Kind.MERGE, patch.toString(), read.getClass()));
  }

  /** Where an issuer or a Secret is, by what its class says of its kind. */
  private static String path(HasMetadata object) {
    var version = HasMetadata.getApiVersion(object.getClass());
    var meta = object.getMetadata();
    return (version.contains("/") ? "/apis/" : "/api/")
        + version
        + (object instanceof Namespaced ? "/namespaces/" + meta.getNamespace() : "")
        + "/"
        + HasMetadata.getPlural(object.getClass())
        + "/"
        + meta.getName();
  }
}
