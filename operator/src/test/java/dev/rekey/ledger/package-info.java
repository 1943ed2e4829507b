/** The ledger as text, and as a Secret. */
@NullMarked
package dev.rekey.ledger;

import org.jspecify.annotations.NullMarked;
