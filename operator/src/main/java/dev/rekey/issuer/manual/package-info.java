/** Services that have a dashboard and no key API: a person makes keys there, and deletes them. */
@NullMarked
package dev.rekey.issuer.manual;

import org.jspecify.annotations.NullMarked;
