package dev.rekey.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the resources that the Java Operator SDK forgets.
 *
 * <p>The SDK keeps what it knows by name. When a resource is deleted while a pass over it is
 * running, and made anew before that pass and the one for the deletion have ended, the new one is
 * taken for the old: its pass is marked as that of a deleted resource, and its state is thrown away
 * afterwards, with every event and timer. So a new resource is woken here until a pass has {@link
 * #seen} it. And all resources are woken from time to time, whatever the reason why one slept.
 */
public final class Resync<P extends HasMetadata> extends AbstractEventSource<P, P>
    implements ResourceEventAware<P> {
  private static final Logger LOG = LoggerFactory.getLogger(Resync.class);

  private @Nullable Cache<P> primaries;
  private final ScheduledExecutorService timer;
  private final Duration overlooked;
  private final Duration every;
  private final Map<ResourceID, String> unseen = new ConcurrentHashMap<>();
  private Set<Future<?>> tasks = Set.of();

  /**
   * A source that is still to be told {@link #over} what.
   *
   * @param overlooked how long a new resource may wait for its pass to begin before it is woken
   * @param every how often all resources are woken
   */
  public Resync(
      Class<P> kind, ScheduledExecutorService timer, Duration overlooked, Duration every) {
    super(kind, "resync");
    this.timer = timer;
    this.overlooked = overlooked;
    this.every = every;
  }

  /** For {@code Reconciler.prepareEventSources}, which has the cache. */
  public Resync<P> over(EventSourceContext<P> context) {
    primaries = context.getPrimaryCache();
    return this;
  }

  @Override
  public synchronized void start() {
    super.start();
    tasks = Set.of(repeat(this::wakeUnseen, overlooked), repeat(this::wakeAll, every));
  }

  @Override
  public synchronized void stop() {
    super.stop();
    tasks.forEach(task -> task.cancel(false));
  }

  @Override
  public Set<P> getSecondaryResources(P primary) {
    return Set.of();
  }

  @Override
  public void onResourceCreated(P resource) {
    unseen.put(ResourceID.fromResource(resource), resource.getMetadata().getUid());
  }

  @Override
  public void onResourceDeleted(P resource) {
    unseen.remove(ResourceID.fromResource(resource), resource.getMetadata().getUid());
  }

  /** To be called first thing by every pass, except by one for a resource that is deleted. */
  public void seen(P resource) {
    unseen.remove(ResourceID.fromResource(resource), resource.getMetadata().getUid());
  }

  private void wakeUnseen() {
    unseen.keySet().forEach(this::wake);
  }

  private void wakeAll() {
    cache().keys().forEach(this::wake);
  }

  private void wake(ResourceID id) {
    cache()
        .get(id)
        .ifPresent(resource ->
            // an event of another class would be dropped where the SDK has no state for the name
            getEventHandler().handleEvent(new ResourceEvent(ResourceAction.UPDATED, id, resource)));
  }

  private Cache<P> cache() {
    return Objects.requireNonNull(primaries, "not told over what");
  }

  private Future<?> repeat(Runnable task, Duration period) {
    return timer.scheduleWithFixedDelay(
        () -> {
          try {
            task.run();
          } catch (RuntimeException fault) {
            // a timer whose task throws once would never run it again
            LOG.warn("resources were not woken; they are at the next turn", fault);
          }
        },
        period.toMillis(),
        period.toMillis(),
        TimeUnit.MILLISECONDS);
  }
}
