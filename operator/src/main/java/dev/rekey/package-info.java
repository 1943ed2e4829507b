/** The composition root: reads the configuration, builds clients, wires by constructor, starts. */
@NullMarked
package dev.rekey;

import org.jspecify.annotations.NullMarked;
