package dev.rekey.reconcile;

import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.cluster.fabric8.InformedObjects;
import dev.rekey.rotation.Names;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/**
 * What is watched at rest, beside the resources themselves. The first lists are paged, which also
 * makes them as new as the API server is.
 *
 * @param ledgers the Secrets in the operator's namespace that carry the ledger's label
 * @param targets the Secrets of all namespaces that Rekey has written
 * @param inboxes the Secrets of all namespaces in which people bring keys
 * @param keyIssuers the KeyIssuers of all namespaces
 * @param clusterKeyIssuers the ClusterKeyIssuers
 */
public record Watches(
    InformedObjects<Secret> ledgers,
    InformedObjects<Secret> targets,
    InformedObjects<Secret> inboxes,
    InformedObjects<KeyIssuer> keyIssuers,
    InformedObjects<ClusterKeyIssuer> clusterKeyIssuers) {
  private static final long PAGE = 500;

  /** Watches by {@code client}, which are not started yet. */
  public static Watches of(KubernetesClient client, String operatorNamespace) {
    return new Watches(
        new InformedObjects<>(
            client
                .secrets()
                .inNamespace(operatorNamespace)
                .withLabel(Names.LEDGER_LABEL)
                .withLimit(PAGE)
                .runnableInformer(0)),
        new InformedObjects<>(
            client
                .secrets()
                .inAnyNamespace()
                .withLabel(Names.TARGET_LABEL)
                .withLimit(PAGE)
                .runnableInformer(0)),
        new InformedObjects<>(
            client
                .secrets()
                .inAnyNamespace()
                .withLabel(Names.INBOX_LABEL, "true")
                .withLimit(PAGE)
                .runnableInformer(0)),
        new InformedObjects<>(
            client.resources(KeyIssuer.class).inAnyNamespace().withLimit(PAGE).runnableInformer(0)),
        new InformedObjects<>(
            client.resources(ClusterKeyIssuer.class).withLimit(PAGE).runnableInformer(0)));
  }

  List<InformedObjects<?>> all() {
    return List.of(ledgers, targets, inboxes, keyIssuers, clusterKeyIssuers);
  }
}
