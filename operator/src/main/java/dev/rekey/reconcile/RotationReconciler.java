package dev.rekey.reconcile;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.cluster.ClusterException;
import dev.rekey.config.Settings;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the Java Operator SDK call a pass. It always answers "no update" and a time to look again:
 * the status is written by the pass itself, since the SDK filters events around its own writes, and
 * may filter somebody else's with them (see docs/josdk.md).
 */
@ControllerConfiguration(informer = @Informer(comparableResourceVersions = false))
public final class RotationReconciler implements Reconciler<ApiKeyRotation> {
  private static final Logger log = LoggerFactory.getLogger(RotationReconciler.class);

  private final RotationPass pass;
  private final Wakeups wakeups;
  private final Resync<ApiKeyRotation> resync;
  private final BooleanSupplier mayWork;
  private final Settings settings;
  private final Story story;

  /**
   * An adapter around {@code pass}.
   *
   * @param mayWork whether this replica surely leads
   */
  public RotationReconciler(
      RotationPass pass,
      Wakeups wakeups,
      Resync<ApiKeyRotation> resync,
      BooleanSupplier mayWork,
      Settings settings,
      Story story) {
    this.pass = pass;
    this.wakeups = wakeups;
    this.resync = resync;
    this.mayWork = mayWork;
    this.settings = settings;
    this.story = story;
  }

  @Override
  public List<EventSource<?, ApiKeyRotation>> prepareEventSources(
      EventSourceContext<ApiKeyRotation> context) {
    wakeups.knowing(context.getPrimaryCache());
    return List.of(wakeups, resync.over(context));
  }

  @Override
  public UpdateControl<ApiKeyRotation> reconcile(
      ApiKeyRotation resource, Context<ApiKeyRotation> context) {
    if (context.isPrimaryResourceDeleted()) {
      pass.gone(resource);
      story.gone(resource);
      return UpdateControl.noUpdate();
    }
    resync.seen(resource);
    if (!mayWork.getAsBoolean()) {
      return lookAgain(settings.backoff());
    }
    return lookAgain(run(resource));
  }

  private Duration run(ApiKeyRotation resource) {
    try {
      return pass.run(resource);
    } catch (ClusterException.LeaseLost lost) {
      // Nothing went wrong, and nothing is known to be unfinished: the leader does it.
      log.info("{}", lost.getMessage());
      return settings.backoff();
    } catch (ClusterException problem) {
      // Nothing is known to have happened; what is next is decided anew.
      log.warn("{}; Rekey looks again in {}", problem.getMessage(), settings.backoff());
      return settings.backoff();
    } catch (RuntimeException fault) {
      // The SDK would try a few times and then never again.
      log.error(
          "a pass over {} failed; Rekey looks again in {}",
          resource.getMetadata().getName(),
          settings.backoffCeiling(),
          fault);
      return settings.backoffCeiling();
    }
  }

  private static UpdateControl<ApiKeyRotation> lookAgain(Duration pause) {
    return UpdateControl.<ApiKeyRotation>noUpdate().rescheduleAfter(pause);
  }
}
