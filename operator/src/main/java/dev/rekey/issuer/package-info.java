/** What Rekey asks of a service that issues keys. One subpackage for each type of issuer. */
@NullMarked
package dev.rekey.issuer;

import org.jspecify.annotations.NullMarked;
