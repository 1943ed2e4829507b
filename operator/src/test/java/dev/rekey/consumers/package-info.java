/** Who reads a Secret, found in whatever way it is read. */
@NullMarked
package dev.rekey.consumers;

import org.jspecify.annotations.NullMarked;
