package dev.rekey.reconcile;

import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Issuers;
import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Watched;
import dev.rekey.rotation.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** An API server as far as finalizers go: what carries one stays, though it is deleted. */
final class KeptObjects implements Issuers, Secrets {
  final List<String> writes = new ArrayList<>();
  int requests;

  private final Map<String, HasMetadata> objects = new TreeMap<>();
  private int version;

  /** Somebody creates or edits an object. */
  void put(HasMetadata object) {
    var copy = Serialization.clone(object);
    copy.getMetadata().setResourceVersion(String.valueOf(++version));
    objects.put(path(copy), copy);
  }

  /** Somebody deletes an object. */
  void delete(String path, Instant at) {
    var object = Serialization.clone(of(path));
    object.getMetadata().setDeletionTimestamp(at.toString());
    put(object);
    collect(path);
  }

  /** Somebody damages the Secrets with this label. */
  void garble(String label) {
    list("rekey", label)
        .forEach(it -> {
          it.getData().replaceAll((key, value) -> "Z2FyYmxlZA==");
          put(it);
        });
  }

  boolean has(String path) {
    return objects.containsKey(path);
  }

  List<String> finalizers(String path) {
    return of(path).getMetadata().getFinalizers();
  }

  Map<String, String> annotations(String path) {
    return of(path).getMetadata().getAnnotations();
  }

  /** A cache that is never behind. */
  <T extends HasMetadata> Watched<T> all(Class<T> kind) {
    return new Watched<>() {
      @Override
      public Optional<T> get(String namespace, String name) {
        return find(kind, namespace, name);
      }

      @Override
      public List<T> all() {
        return objects.values().stream().filter(kind::isInstance).map(kind::cast).toList();
      }
    };
  }

  /** A cache of ledgers that is never behind. */
  Watched<Secret> ledgers() {
    return new Watched<>() {
      @Override
      public Optional<Secret> get(String namespace, String name) {
        return find(Secret.class, namespace, name);
      }

      @Override
      public List<Secret> all() {
        return labelled(Names.LEDGER_LABEL);
      }
    };
  }

  private List<Secret> labelled(String label) {
    return all(Secret.class).all().stream()
        .filter(it -> it.getMetadata().getLabels().containsKey(label))
        .toList();
  }

  @Override
  public Optional<KeyIssuer> keyIssuer(String namespace, String name) {
    requests++;
    return find(KeyIssuer.class, namespace, name);
  }

  @Override
  public Optional<ClusterKeyIssuer> clusterKeyIssuer(String name) {
    requests++;
    return Optional.empty();
  }

  @Override
  public void mark(HasMetadata read, boolean guarded, String annotation, Optional<String> value) {
    requests++;
    var path = path(read);
    var object = Serialization.clone(compared(read));
    var finalizers = new ArrayList<>(object.getMetadata().getFinalizers());
    finalizers.remove(Names.FINALIZER);
    if (guarded) {
      finalizers.add(Names.FINALIZER);
    }
    object.getMetadata().setFinalizers(finalizers);
    var annotations = new HashMap<>(object.getMetadata().getAnnotations());
    value.ifPresentOrElse(
        it -> annotations.put(annotation, it), () -> annotations.remove(annotation));
    object.getMetadata().setAnnotations(annotations);
    put(object);
    writes.add(path);
    collect(path);
  }

  @Override
  public Optional<Secret> get(String namespace, String name) {
    requests++;
    return find(Secret.class, namespace, name);
  }

  @Override
  public List<Secret> list(String namespace, String label) {
    requests++;
    return labelled(label);
  }

  @Override
  public Secret create(Secret secret) {
    put(secret);
    return (Secret) of(path(secret));
  }

  @Override
  public Secret replace(Secret secret) {
    compared(secret);
    return create(secret);
  }

  private HasMetadata compared(HasMetadata read) {
    var stored = objects.get(path(read));
    if (stored == null) {
      throw new ClusterException.NotFound(path(read));
    }
    if (!Objects.equals(
        stored.getMetadata().getResourceVersion(), read.getMetadata().getResourceVersion())) {
      throw new ClusterException.Conflict(path(read));
    }
    return stored;
  }

  private void collect(String path) {
    var meta = of(path).getMetadata();
    if (meta.getDeletionTimestamp() != null && meta.getFinalizers().isEmpty()) {
      objects.remove(path);
    }
  }

  private HasMetadata of(String path) {
    return Objects.requireNonNull(objects.get(path), path);
  }

  private <T extends HasMetadata> Optional<T> find(Class<T> kind, String namespace, String name) {
    return Optional.ofNullable(
        kind.cast(objects.get(kind.getSimpleName() + " " + namespace + "/" + name)));
  }

  private static String path(HasMetadata object) {
    return object.getKind()
        + " "
        + object.getMetadata().getNamespace()
        + "/"
        + object.getMetadata().getName();
  }
}
