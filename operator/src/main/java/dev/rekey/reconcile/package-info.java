/** Thin adapters that let the Java Operator SDK drive a pass. */
@NullMarked
package dev.rekey.reconcile;

import org.jspecify.annotations.NullMarked;
