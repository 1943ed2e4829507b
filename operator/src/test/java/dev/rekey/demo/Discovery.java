package dev.rekey.demo;

import io.fabric8.kubernetes.api.model.APIGroupListBuilder;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceBuilder;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.api.model.APIVersionsBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Answers what {@code kubectl} asks before anything else: which groups, versions and kinds there
 * are. The mock API server itself takes every path and knows none.
 */
final class Discovery {

  private static final List<String> VERBS =
      List.of("create", "delete", "get", "list", "patch", "update", "watch");

  private final KubernetesMockServer server;
  private final APIGroupListBuilder groups = new APIGroupListBuilder();

  private Discovery(KubernetesMockServer server) {
    this.server = server;
  }

  /** From now on it is answered. */
  static void serve(KubernetesMockServer server) {
    Discovery discovery = new Discovery(server);
    discovery.answer("/version", Map.of("major", "1", "minor", "37", "gitVersion", "v1.37.2"));
    discovery.answer("/api", new APIVersionsBuilder().withVersions("v1").build());
    discovery.kinds(
        "/api/v1",
        "v1",
        clusterWide("Namespace", "ns"),
        clusterWide("Node", "no"),
        namespaced("Pod", "po"),
        namespaced("Secret"),
        namespaced("Event", "ev"));
    discovery.group(
        "apps", "v1", namespaced("Deployment", "deploy"), namespaced("ReplicaSet", "rs"));
    discovery.group("coordination.k8s.io", "v1", namespaced("Lease"));
    discovery.group(
        "rekey.dev",
        "v1alpha1",
        namespaced("ApiKeyRotation", "akr"),
        namespaced("KeyIssuer", "ki"),
        clusterWide("ClusterKeyIssuer", "cki"));
    discovery.answer("/apis", discovery.groups.build());
  }

  private static APIResource namespaced(String kind, String... shortNames) {
    return kind(kind, true, shortNames);
  }

  private static APIResource clusterWide(String kind, String... shortNames) {
    return kind(kind, false, shortNames);
  }

  private static APIResource kind(String kind, boolean namespaced, String... shortNames) {
    String singular = kind.toLowerCase(Locale.ROOT);
    return new APIResourceBuilder()
        .withName(singular + "s")
        .withSingularName(singular)
        .withKind(kind)
        .withNamespaced(namespaced)
        .withShortNames(shortNames)
        .withVerbs(VERBS)
        .build();
  }

  private void group(String group, String version, APIResource... kinds) {
    String both = group + "/" + version;
    groups
        .addNewGroup()
        .withName(group)
        .addNewVersion(both, version)
        .withNewPreferredVersion(both, version)
        .endGroup();
    kinds("/apis/" + both, both, kinds);
  }

  private void kinds(String path, String groupVersion, APIResource... kinds) {
    answer(
        path,
        new APIResourceListBuilder().withGroupVersion(groupVersion).withResources(kinds).build());
  }

  private void answer(String path, Object answer) {
    // kubectl asks for most of these with a time-out, which the mock takes for another path
    for (String form : List.of(path, path + "?timeout=32s")) {
      server.expect().get().withPath(form).andReturn(200, Serialization.asJson(answer)).always();
    }
  }
}
