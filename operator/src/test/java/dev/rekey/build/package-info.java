/**
 * What the build makes out of the sources, and the tests that the committed results are current.
 */
@NullMarked
package dev.rekey.build;

import org.jspecify.annotations.NullMarked;
