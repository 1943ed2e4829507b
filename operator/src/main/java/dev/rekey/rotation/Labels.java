package dev.rekey.rotation;

/**
 * Labels of keys at their issuer: {@code rk-<cluster6>-<attempt id>}, where the attempt's id begins
 * with the lineage of the ledger. They tell whose a key is on an account that others use as well.
 */
public final class Labels {
  /** What the label of every key begins with that some Rekey minted. */
  public static final String REKEY = "rk-";

  private static final int CLUSTER = 6;

  private Labels() {}

  /** The label of the key of an attempt. */
  public static String of(String cluster, String attempt) {
    return ofCluster(cluster) + attempt;
  }

  /** What the labels of this cluster's keys begin with. */
  public static String ofCluster(String cluster) {
    return REKEY + Fingerprint.of(cluster).substring(0, CLUSTER) + "-";
  }

  /** What the labels of one ledger's keys begin with. */
  public static String ofLineage(String cluster, String lineage) {
    return ofCluster(cluster) + lineage + "-";
  }
}
