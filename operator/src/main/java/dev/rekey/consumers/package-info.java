/** Which pods and workloads read a Secret, and stamping them. */
@NullMarked
package dev.rekey.consumers;

import org.jspecify.annotations.NullMarked;
