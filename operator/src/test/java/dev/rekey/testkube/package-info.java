/** A real Kubernetes control plane on the loopback interface, for tests and the demo. */
@NullMarked
package dev.rekey.testkube;

import org.jspecify.annotations.NullMarked;
