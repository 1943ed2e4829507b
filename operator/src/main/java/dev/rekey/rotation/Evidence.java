package dev.rekey.rotation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * On what the old key was condemned: every pod that read the Secret at that look, by the term by
 * which it could not hold that key any more. Kept in the history, for whoever asks afterwards.
 *
 * @param at when the pods were looked at
 * @param publication the publication that each was measured by
 * @param moved the pods, by their terms
 */
public record Evidence(Instant at, int publication, List<Moved> moved) {

  /**
   * So many characters of names are kept, whatever names are like: a ledger with the evidence of
   * all rotations that it remembers stays far below the size of a Secret.
   */
  private static final int NAMES = 16 * 1024;

  /** Why a pod cannot hold the old key; the first that holds is what is kept of it. */
  public enum Term {
    /** A person has tainted its node out-of-service: nothing runs there. */
    OUT_OF_SERVICE,
    /** It has ended for good, with every container of it. */
    OVER,
    /** It carries the stamp of the publication, or of a later one. */
    STAMPED,
    /** No stamp moves it, and it was created after the publication had settled. */
    CREATED_LATER,
    /** Its images are pulled with the Secret, and nothing in it sees the value. */
    PULLS_ONLY,
    /** Its kubelet has renewed the files that it reads. */
    FILES_RENEWED
  }

  /**
   * The pods of one term.
   *
   * @param by the term
   * @param pods their names, as many as there is room for
   * @param leftOut how many more there were
   */
  public record Moved(Term by, List<String> pods, int leftOut) {
    public Moved {
      pods = List.copyOf(pods);
    }
  }

  public Evidence {
    moved = List.copyOf(moved);
  }

  /**
   * As much as is kept of it. Where not every name has room, those of the rarest terms go first:
   * thousand pods with the stamp are less of a question than the one without.
   */
  public static Evidence of(Instant at, int publication, Map<Term, List<String>> pods) {
    int room = NAMES;
    var kept = new EnumMap<Term, Moved>(Term.class);
    for (var one :
        pods.entrySet().stream()
            .sorted(
                Comparator.comparingInt((Map.Entry<Term, List<String>> it) -> it.getValue().size())
                    .thenComparing(Map.Entry::getKey))
            .toList()) {
      var names = new ArrayList<String>();
      for (var name : one.getValue().stream().sorted().toList()) {
        if (name.length() > room) {
          break;
        }
        room -= name.length();
        names.add(name);
      }
      kept.put(one.getKey(), new Moved(one.getKey(), names, one.getValue().size() - names.size()));
    }
    return new Evidence(at, publication, List.copyOf(kept.values()));
  }
}
