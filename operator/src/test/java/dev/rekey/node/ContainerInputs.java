package dev.rekey.node;

import java.util.Map;

/**
 * What the containers of a pod are started with.
 *
 * @param environment variables of all containers together
 * @param files contents of mounted Secrets by path
 */
record ContainerInputs(Map<String, String> environment, Map<String, String> files) {

  ContainerInputs {
    environment = Map.copyOf(environment);
    files = Map.copyOf(files);
  }

  /** Never the values. */
  @Override
  public String toString() {
    return "ContainerInputs" + environment.keySet() + files.keySet();
  }
}
