/** Text with ${CEL} in it, and single CEL expressions. Pure; the only package that sees dev.cel. */
@NullMarked
package dev.rekey.cel;

import org.jspecify.annotations.NullMarked;
