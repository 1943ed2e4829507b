/**
 * Whole rotations in memory: a cluster, an issuer and a clock that do what a test says, around
 * everything of Rekey that is above its interfaces. Start reading at {@link
 * dev.rekey.simulated.Simulation}.
 */
@NullMarked
package dev.rekey.simulated;

import org.jspecify.annotations.NullMarked;
