package dev.rekey.act;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.ledger.LedgerStore.Stored;
import dev.rekey.rotation.Reason;

/** What came of a step. */
public sealed interface Outcome {

  /**
   * It is done, whatever its result: the ledger says how.
   *
   * @param ledger the ledger as it is now
   * @param told what happened, for people
   * @param reason the word for it, usually the plan's
   * @param warning whether something went wrong that people should know of
   */
  record Done(Stored ledger, String told, Reason reason, boolean warning) implements Outcome {}

  /**
   * The resource itself was changed.
   *
   * @param resource as it is stored now
   * @param told what happened, for people
   * @param reason the word for it
   */
  record Changed(ApiKeyRotation resource, String told, Reason reason) implements Outcome {}

  /** The facts that it was decided on have changed. Observe again. */
  record Overtaken(String by) implements Outcome {}
}
