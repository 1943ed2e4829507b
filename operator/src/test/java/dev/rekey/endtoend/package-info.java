/** The whole operator on a real API server, with an issuer and applications outside of it. */
@NullMarked
package dev.rekey.endtoend;

import org.jspecify.annotations.NullMarked;
