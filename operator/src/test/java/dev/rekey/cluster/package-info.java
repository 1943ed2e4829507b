/** What stands between Rekey and a cluster. */
@NullMarked
package dev.rekey.cluster;

import org.jspecify.annotations.NullMarked;
