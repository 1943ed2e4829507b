/**
 * Pure decisions: an observation goes in, one plan with its reason comes out. Start reading at
 * {@link dev.rekey.plan.Rules}.
 */
@NullMarked
package dev.rekey.plan;

import org.jspecify.annotations.NullMarked;
