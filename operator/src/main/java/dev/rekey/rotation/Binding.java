package dev.rekey.rotation;

/**
 * What a ledger belongs to.
 *
 * @param cluster UID of the namespace {@code kube-system}, which stands for the cluster
 * @param namespace the target Secret's namespace
 * @param secret the target Secret's name
 * @param resource the name of the ApiKeyRotation that rotates it
 * @param resourceUid its UID
 */
public record Binding(
    String cluster, String namespace, String secret, String resource, String resourceUid) {

  /** The same, for the resource of this name and UID. */
  public Binding to(String otherResource, String otherUid) {
    return new Binding(cluster, namespace, secret, otherResource, otherUid);
  }
}
