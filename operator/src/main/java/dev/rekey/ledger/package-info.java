/** The ledger Secret: read, compare-and-set, schema version, binding. */
@NullMarked
package dev.rekey.ledger;

import org.jspecify.annotations.NullMarked;
