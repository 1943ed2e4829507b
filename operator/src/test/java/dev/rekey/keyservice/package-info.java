/**
 * A key service for tests and the demo: HTTP on a loopback port, several teams on one account, keys
 * with a label, contacts, the last five characters and a valid-until date, and every way to fail
 * that real services have shown.
 */
@NullMarked
package dev.rekey.keyservice;

import org.jspecify.annotations.NullMarked;
