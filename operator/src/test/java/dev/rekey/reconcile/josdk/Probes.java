package dev.rekey.reconcile.josdk;

import dev.rekey.testkube.TestNamespace;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Somebody else at work on the resources of a namespace. */
record Probes(TestNamespace namespace) {
  Probe create(String name, String... finalizers) {
    var spec = Probe.Spec.wishing(0);
    var probe = Probe.of(namespace.name(), name, spec, finalizers);
    return namespace.client().resource(probe).create();
  }

  Probe get(String name) {
    return of(name).require();
  }

  Probe wish(String name, int wish) {
    return patch(name, "{\"spec\":{\"wish\":%d}}".formatted(wish));
  }

  /** Asks for a pass, and changes nothing that a status could tell. */
  Probe annotate(String name, String value) {
    return patch(
        name, "{\"metadata\":{\"annotations\":{\"rekey.dev/rotate\":\"%s\"}}}".formatted(value));
  }

  void delete(String name) {
    of(name).delete();
  }

  /** Deletes it and waits until it is gone, whatever finalizers it has. */
  void deleteAtOnce(String name) {
    delete(name);
    of(name)
        .edit(probe -> {
          probe.getMetadata().setFinalizers(List.of());
          return probe;
        });
    of(name).waitUntilCondition(probe -> probe == null, 10, TimeUnit.SECONDS);
  }

  private Probe patch(String name, String json) {
    return of(name).patch(PatchContext.of(PatchType.JSON_MERGE), json);
  }

  private Resource<Probe> of(String name) {
    return namespace.client().resources(Probe.class).withName(name);
  }
}
