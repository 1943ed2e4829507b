/** Pure: what is known becomes the status that people read. */
@NullMarked
package dev.rekey.status;

import org.jspecify.annotations.NullMarked;
