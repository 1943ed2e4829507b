package dev.rekey.cluster.fabric8;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.dsl.Listable;
import java.util.ArrayList;
import java.util.List;

/** A live list, read page by page. */
final class Pages {
  private Pages() {}

  static <T extends HasMetadata, L extends KubernetesResourceList<T>> List<T> of(
      String what, long size, Listable<L> listable) {
    return Calls.call(
        what,
        () -> {
          var all = new ArrayList<T>();
          String next = "";
          do {
            var options =
                new ListOptionsBuilder()
                    .withLimit(size)
                    .withContinue(next.isEmpty() ? null : next)
                    .build();
            var page = listable.list(options);
            all.addAll(page.getItems());
            var token = page.getMetadata() == null ? null : page.getMetadata().getContinue();
            next = token == null ? "" : token;
          } while (!next.isEmpty());
          return List.copyOf(all);
        });
  }
}
