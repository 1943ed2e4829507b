/**
 * The embedded demo: a mock API server in this JVM that behaves where it matters like a real one,
 * with small simulated controllers, and a play on it. Start reading at {@link dev.rekey.demo.Demo}
 * and {@link dev.rekey.demo.Play}.
 */
@NullMarked
package dev.rekey.demo;

import org.jspecify.annotations.NullMarked;
