package dev.rekey.simulated;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The managed fields of a Secret's data, as the API server keeps them: who, since when. */
final class ManagedData {
  private ManagedData() {}

  /** Whoever changes a value owns it from now on; an update that changes nothing moves nothing. */
  static List<ManagedFieldsEntry> after(
      Optional<Secret> before, Secret written, String manager, String now) {
    var old = before.map(ManagedData::data).orElseGet(Map::of);
    var changed = new TreeSet<String>();
    data(written)
        .forEach((key, value) -> {
          if (!value.equals(old.get(key))) {
            changed.add(key);
          }
        });
    var entries = new ArrayList<ManagedFieldsEntry>();
    Set<String> mine = new TreeSet<>(changed);
    String since = now;
    for (var entry : before.map(it -> it.getMetadata().getManagedFields()).orElseGet(List::of)) {
      var keys = new TreeSet<>(keys(entry));
      keys.retainAll(data(written).keySet());
      if (entry.getManager().equals(manager)) {
        mine.addAll(keys);
        boolean same = changed.isEmpty() && new HashSet<>(keys(entry)).equals(keys);
        since = same ? entry.getTime() : now;
      } else {
        keys.removeAll(changed);
        entries.add(entry(entry.getManager(), keys, entry.getTime()));
      }
    }
    entries.add(entry(manager, mine, since));
    return entries;
  }

  private static ManagedFieldsEntry entry(String manager, Set<String> keys, String time) {
    var owned = new TreeMap<String, Object>();
    keys.forEach(it -> owned.put("f:" + it, Map.of()));
    var fields = new FieldsV1();
    fields.setAdditionalProperty("f:data", owned);
    return new ManagedFieldsEntry("v1", "FieldsV1", fields, manager, "Update", null, time);
  }

  private static Set<String> keys(ManagedFieldsEntry entry) {
    var keys = new TreeSet<String>();
    if (entry.getFieldsV1() != null
        && entry.getFieldsV1().getAdditionalProperties().get("f:data") instanceof Map<?, ?> owned) {
      owned.keySet().forEach(it -> keys.add(String.valueOf(it).substring(2)));
    }
    return keys;
  }

  private static Map<String, String> data(Secret secret) {
    return Optional.ofNullable(secret.getData()).orElseGet(Map::of);
  }
}
