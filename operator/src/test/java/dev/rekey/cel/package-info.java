@NullMarked
package dev.rekey.cel;

import org.jspecify.annotations.NullMarked;
