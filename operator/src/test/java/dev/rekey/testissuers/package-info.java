/** Real services that issue keys, on the loopback interface, for tests. */
@NullMarked
package dev.rekey.testissuers;

import org.jspecify.annotations.NullMarked;
