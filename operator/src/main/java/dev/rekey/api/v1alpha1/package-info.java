/** The custom resources of group {@code rekey.dev}, version {@code v1alpha1}. Data only. */
@NullMarked
package dev.rekey.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
