/** What people read. */
@NullMarked
package dev.rekey.status;

import org.jspecify.annotations.NullMarked;
