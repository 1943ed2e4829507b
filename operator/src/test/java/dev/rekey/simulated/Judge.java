package dev.rekey.simulated;

/**
 * Watches over a promise of one life. It looks at the world, not at what Rekey believes of it; of
 * the ledger it only takes what Rekey has decided.
 */
interface Judge {
  /** {@code replica} is about to ask for {@code effect}; it may be held up before it happens. */
  default void entering(Effect effect, Replica replica) {}

  /** The effect happens now. */
  default void before(Effect effect) {}

  /** The effect has happened. */
  default void after(Effect effect) {}

  /** Something has happened, or time has passed. */
  default void always() {}
}
