/** Facts are read as they stand. */
@NullMarked
package dev.rekey.observe;

import org.jspecify.annotations.NullMarked;
