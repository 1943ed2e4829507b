/** What the fabric8 client reads is read rightly. */
@NullMarked
package dev.rekey.cluster.fabric8;

import org.jspecify.annotations.NullMarked;
