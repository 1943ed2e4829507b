/**
 * What the rest of Rekey sees of a Kubernetes cluster: small interfaces and typed failures.
 * Everything above this package can be replayed against a simulated cluster.
 */
@NullMarked
package dev.rekey.cluster;

import org.jspecify.annotations.NullMarked;
