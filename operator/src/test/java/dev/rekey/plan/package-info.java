/** The rules, one by one: an observation goes in, an answer comes out. */
@NullMarked
package dev.rekey.plan;

import org.jspecify.annotations.NullMarked;
