package dev.rekey.plan;

/**
 * On how much a step is decided: the less can be undone, the more is read for it, and nothing is
 * read that would not change the decision.
 */
public enum Basis {
  /** What the caches say: to do it in vain, or once more, costs nothing. */
  CACHES,
  /**
   * The same, since the first thing that it does is a compare-and-set of the ledger: were the
   * ledger another by now, it would fail.
   */
  COMPARED,
  /** The ledger as this process was the last to write it: while it leads, nobody else does. */
  OWN_LEDGER,
  /** The ledger as the API server has it; Secret and consumers as they are watched. */
  LEDGER,
  /** Ledger, Secret and the list of pods as the API server has them: it cannot be undone. */
  EVERYTHING;

  /** Whether it stands on more than caches. */
  public boolean isLive() {
    return this != CACHES;
  }

  /** Whether what was read for {@code other} suffices for this. */
  public boolean isMetBy(Basis other) {
    return other.compareTo(this) >= 0;
  }
}
