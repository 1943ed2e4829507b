package dev.rekey.issuer.http;

import dev.rekey.rotation.Fault;

/** What came of a request. */
sealed interface Exchange {

  /** There is an answer. */
  record Answered(Answer answer) implements Exchange {}

  /** The request was certainly not sent. */
  record NotSent(Fault fault) implements Exchange {}

  /** The request may have been sent and may have had its effect, and there is no answer. */
  record NoAnswer(Fault fault) implements Exchange {}
}
