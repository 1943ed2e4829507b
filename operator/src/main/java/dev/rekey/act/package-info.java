/** Performs one step, idempotently. Writes, never decides. */
@NullMarked
package dev.rekey.act;

import org.jspecify.annotations.NullMarked;
