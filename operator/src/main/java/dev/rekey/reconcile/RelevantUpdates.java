package dev.rekey.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Which updates of a resource are worth a pass: another spec, another {@code rekey.dev/}
 * annotation, a deletion asked for, other finalizers, or another resource of the same name.
 * Everything else is our own status write coming back.
 *
 * <p>The SDK's own filter knows generations only, so it would miss {@code rekey.dev/rotate}; and it
 * takes a resource that was deleted and made anew while the watch was away, which the informer
 * reports as one update from generation 1 to generation 1, for an unchanged one.
 */
public final class RelevantUpdates<R extends HasMetadata> implements OnUpdateFilter<R> {

  private static final String OURS = "rekey.dev/";

  @Override
  public boolean accept(R now, R before) {
    var a = now.getMetadata();
    var b = before.getMetadata();
    return !Objects.equals(a.getUid(), b.getUid())
        || !Objects.equals(a.getGeneration(), b.getGeneration())
        || !Objects.equals(a.getDeletionTimestamp(), b.getDeletionTimestamp())
        || !Objects.equals(a.getFinalizers(), b.getFinalizers())
        || !ours(a).equals(ours(b));
  }

  private static Map<String, String> ours(ObjectMeta meta) {
    var found = new TreeMap<String, String>();
    if (meta.getAnnotations() != null) {
      meta.getAnnotations()
          .forEach((key, value) -> {
            if (key.startsWith(OURS)) {
              found.put(key, value);
            }
          });
    }
    return found;
  }
}
