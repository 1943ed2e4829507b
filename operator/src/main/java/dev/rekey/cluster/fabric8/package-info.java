/**
 * The interfaces of {@code cluster} on the fabric8 client. Nothing else sees {@code
 * KubernetesClient}.
 */
@NullMarked
package dev.rekey.cluster.fabric8;

import org.jspecify.annotations.NullMarked;
