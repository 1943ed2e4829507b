package dev.rekey.cluster;

import java.util.List;
import java.util.Optional;

/**
 * Objects of one kind, kept up to date by a watch. What it gives may be old, must not be changed,
 * and costs no request.
 */
public interface Watched<T> {

  /** The object of this name; the namespace is empty for cluster-wide kinds. */
  Optional<T> get(String namespace, String name);

  /** All of them. */
  List<T> all();
}
