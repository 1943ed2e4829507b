@NullMarked
package dev.rekey.cluster.fabric8;

import org.jspecify.annotations.NullMarked;
