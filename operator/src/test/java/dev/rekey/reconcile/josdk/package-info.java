/**
 * What the operator needs of the Java Operator SDK, asked of a real API server: no event is lost, a
 * lost lease ends the process, a stop in the middle is survived, an absent API server is survived.
 * They decided which version is built on, and notice when another one behaves differently.
 */
@NullMarked
package dev.rekey.reconcile.josdk;

import org.jspecify.annotations.NullMarked;
