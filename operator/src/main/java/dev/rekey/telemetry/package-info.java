/** Meters, health and readiness, served over HTTP. */
@NullMarked
package dev.rekey.telemetry;

import org.jspecify.annotations.NullMarked;
