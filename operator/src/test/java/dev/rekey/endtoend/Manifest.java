package dev.rekey.endtoend;

import dev.rekey.node.PodSwitches;
import java.util.Map;
import java.util.TreeMap;

/**
 * A workload as people apply it, whose one container takes the key as a variable.
 *
 * @param name of the workload and of the Secret
 * @param spec lines of its spec
 * @param annotations of its pods, for example {@link PodSwitches}
 * @param pod further lines of its pod's spec
 * @param container further lines of its container
 */
record Manifest(
    String kind,
    String name,
    String spec,
    Map<String, String> annotations,
    String pod,
    String container) {
  static final String VARIABLE =
      "env: [{name: API_KEY, valueFrom: {secretKeyRef: {name: %s, key: apiKey}}}]";

  static Manifest deployment(String name, int replicas) {
    return new Manifest(
        "Deployment",
        name,
        "replicas: " + replicas + "\nstrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}",
        Map.of(),
        "",
        VARIABLE.formatted(name));
  }

  static Manifest statefulSet(String name, int replicas) {
    return new Manifest(
        "StatefulSet",
        name,
        "replicas: " + replicas + "\nserviceName: " + name,
        Map.of(),
        "",
        VARIABLE.formatted(name));
  }

  /** At most so many of its pods are replaced at once. */
  static Manifest daemonSet(String name, int maxUnavailable) {
    return new Manifest(
        "DaemonSet",
        name,
        "updateStrategy: {rollingUpdate: {maxUnavailable: " + maxUnavailable + "}}",
        Map.of(),
        "",
        VARIABLE.formatted(name));
  }

  Manifest annotated(String annotation, String value) {
    var all = new TreeMap<>(annotations);
    all.put(annotation, value);
    return new Manifest(kind, name, spec, all, pod, container);
  }

  Manifest withSpec(String lines) {
    return new Manifest(kind, name, spec + "\n" + lines, annotations, pod, container);
  }

  Manifest withPod(String lines) {
    return new Manifest(kind, name, spec, annotations, lines, container);
  }

  Manifest withContainer(String lines) {
    return new Manifest(kind, name, spec, annotations, pod, lines);
  }

  /** A container cannot be started from anything else. */
  String image() {
    return "registry.example/" + name + ":1";
  }

  String yaml(String namespace) {
    return """
    apiVersion: apps/v1
    kind: %1$s
    metadata: {name: %2$s, namespace: %3$s}
    spec:
      selector: {matchLabels: {app: %2$s}}
    %4$s\
      template:
        metadata: {labels: {app: %2$s}, annotations: {%5$s}}
        spec:
    %6$s\
          containers:
          - name: app
            image: %7$s
    %8$s\
    """
        .formatted(
            kind,
            name,
            namespace,
            spec.indent(2),
            annotations.entrySet().stream()
                .map(it -> it.getKey() + ": \"" + it.getValue() + "\"")
                .reduce((one, other) -> one + ", " + other)
                .orElse(""),
            pod.isEmpty() ? "" : pod.indent(6),
            image(),
            container.indent(8));
  }
}
