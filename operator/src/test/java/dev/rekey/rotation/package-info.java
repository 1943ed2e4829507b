/** The domain, value by value. */
@NullMarked
package dev.rekey.rotation;

import org.jspecify.annotations.NullMarked;
