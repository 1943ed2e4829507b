/**
 * The pure domain: what a ledger holds, and the facts that decisions are made of. No I/O, no clock.
 */
@NullMarked
package dev.rekey.rotation;

import org.jspecify.annotations.NullMarked;
