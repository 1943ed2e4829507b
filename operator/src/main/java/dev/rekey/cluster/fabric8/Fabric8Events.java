package dev.rekey.cluster.fabric8;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Events;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events by the fabric8 client. */
public final class Fabric8Events implements Events {
  private static final Logger log = LoggerFactory.getLogger(Fabric8Events.class);
  private static final String COMPONENT = "rekey.dev/operator";
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Supplier<String> names;
  private final String instance;
  private final String operatorNamespace;

  /**
   * Over {@code client}, which the caller closes.
   *
   * @param names gives a new suffix for each Event's name
   * @param instance the operator's pod
   * @param operatorNamespace where those look who run the operator
   */
  public Fabric8Events(
      KubernetesClient client,
      InstantSource clock,
      Supplier<String> names,
      String instance,
      String operatorNamespace) {
    this.operatorNamespace = operatorNamespace;
    this.client = client;
    this.clock = clock;
    this.names = names;
    this.instance = instance;
  }

  @Override
  public void tell(ApiKeyRotation about, Reason reason, String message, boolean warning) {
    write(reference(about, about.getMetadata().getNamespace()), reason, message, warning);
  }

  @Override
  public void tellWorkload(String namespace, WorkloadRef workload, Reason reason, String message) {
    write(
        new ObjectReferenceBuilder()
            .withApiVersion(apiVersion(workload.kind()))
            .withKind(workload.kind().name())
            .withNamespace(namespace)
            .withName(workload.name())
            .withUid(workload.uid())
            .build(),
        reason,
        message,
        false);
  }

  private static String apiVersion(WorkloadKind kind) {
    return switch (kind) {
      case Deployment, StatefulSet, DaemonSet -> "apps/v1";
      case CronJob -> "batch/v1";
      case Rollout -> ArgoRollout.API_VERSION;
    };
  }

  @Override
  public void tellOperator(HasMetadata about, Reason reason, String message) {
    var meta = about.getMetadata();
    write(
        reference(about, operatorNamespace),
        reason,
        (meta.getNamespace() == null ? "" : meta.getNamespace() + "/")
            + meta.getName()
            + ": "
            + message,
        true);
  }

  /** The API server wants the Event and what it is about in one namespace. */
  private static ObjectReference reference(HasMetadata about, String namespace) {
    return new ObjectReferenceBuilder()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(namespace)
        .withName(about.getMetadata().getName())
        .withUid(about.getMetadata().getUid())
        .build();
  }

  private void write(ObjectReference about, Reason reason, String message, boolean warning) {
    var now = clock.instant();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(about.getNamespace())
            .withName(about.getName() + "." + names.get())
            .endMetadata()
            .withInvolvedObject(about)
            .withType(warning ? "Warning" : "Normal")
            .withReason(reason.name())
            .withAction(reason.phase().name())
            .withMessage(message.length() > 1000 ? message.substring(0, 1000) + "…" : message)
            .withReportingComponent(COMPONENT)
            .withReportingInstance(instance)
            .withFirstTimestamp(now.truncatedTo(ChronoUnit.SECONDS).toString())
            .withLastTimestamp(now.truncatedTo(ChronoUnit.SECONDS).toString())
            .withEventTime(new MicroTime(MICROS.format(now)))
            .withCount(1)
            .build();
    try {
      Calls.call("an Event of " + about.getName(), () -> client.resource(event).create());
    } catch (ClusterException problem) {
      log.warn("an Event was not written: {}", problem.getMessage());
    }
  }
}
