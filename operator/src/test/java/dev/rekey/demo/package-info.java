/**
 * The embedded demo: a mock API server in this JVM that behaves where it matters like a real one,
 * with small simulated controllers.
 */
@NullMarked
package dev.rekey.demo;

import org.jspecify.annotations.NullMarked;
