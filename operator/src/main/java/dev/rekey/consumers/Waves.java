package dev.rekey.consumers;

import dev.rekey.rotation.Companion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the rotations of this process are about to do to workloads, so that one that reads several
 * Secrets is restarted once for all of them. Each rotation says it at every pass, in place of what
 * it has said before; one that halts, fails, is suspended or deleted says nothing any more.
 *
 * <p>It is memory alone, and nothing is lost with it. After a crash, or under another leader, it is
 * empty: the worst that follows is one restart for each Secret. A process that has lost its lease
 * may still hold what it knew; what it would write is stopped by the fence, and what is on its way
 * carries the resourceVersion of before.
 *
 * <p>It cannot make a stamp lie. A stamp says that a publication had settled before the template
 * was patched, and a publication that has settled stays so: however old the word is, it is true. A
 * Secret that somebody changed meanwhile is published again under a higher number, and only that
 * one counts then. A ledger that was started over says its new lineage at the same pass, and a
 * stamp of another lineage than the template carries is left to the rotation whose it is ({@code
 * plan/Wave}).
 */
public final class Waves {
  private final Map<String, Map<String, Companion>> byNamespace = new ConcurrentHashMap<>();

  /** What the rotation of this UID is about to do, from now on; empty: nothing. */
  public void say(String namespace, String uid, Optional<Companion> intends) {
    byNamespace.compute(
        namespace,
        (name, known) -> {
          var all = known == null ? new ConcurrentHashMap<String, Companion>() : known;
          intends.ifPresentOrElse(it -> all.put(uid, it), () -> all.remove(uid));
          return all.isEmpty() ? null : all;
        });
  }

  /** What the others of the namespace are about to do, beside the rotation of this UID. */
  public List<Companion> beside(String namespace, String uid) {
    return byNamespace.getOrDefault(namespace, Map.of()).entrySet().stream()
        .filter(it -> !it.getKey().equals(uid))
        .map(Map.Entry::getValue)
        .toList();
  }
}
