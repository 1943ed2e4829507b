/**
 * Reads caches and, where the next step cannot be undone, live objects into one observation. Never
 * writes.
 */
@NullMarked
package dev.rekey.observe;

import org.jspecify.annotations.NullMarked;
