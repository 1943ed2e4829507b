package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Expression;
import java.util.Optional;

/**
 * What an answer means, by definition.
 *
 * @param success whether what was asked for has been done
 * @param besides the other thing that an answer may mean: a conflict where a key is made, that it
 *     is gone where one is deleted
 */
record Outcomes(Expression success, Optional<Expression> besides) {

  /**
   * Whether what was asked for has been done. Never where the status says that it was not: an
   * expression such as {@code !has(body.error)} must not take an outage for a success.
   */
  boolean succeeded(Answer answer) throws AnswerReader.NotUnderstood {
    if (answer.status() >= 400) {
      return false;
    }
    try {
      return success.test(answer.values());
    } catch (CelProblem problem) {
      if (answer.success()) {
        throw new AnswerReader.NotUnderstood("success: " + problem.getMessage());
      }
      return false;
    }
  }

  /** Whether it means the other thing; not where the expression cannot tell. */
  boolean holdsBesides(Answer answer) {
    try {
      return besides.isPresent() && besides.get().test(answer.values());
    } catch (CelProblem cannotTell) {
      return false;
    }
  }
}
