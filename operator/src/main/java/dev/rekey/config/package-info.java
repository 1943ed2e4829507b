/** The operator's own configuration, read from the environment once. */
@NullMarked
package dev.rekey.config;

import org.jspecify.annotations.NullMarked;
