@NullMarked
package dev.rekey.issuer.manual;

import org.jspecify.annotations.NullMarked;
