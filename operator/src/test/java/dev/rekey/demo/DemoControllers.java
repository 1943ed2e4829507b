package dev.rekey.demo;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What kube-controller-manager and kube-scheduler do in a real cluster, as far as the demo needs
 * it: Deployments become ReplicaSets and pods, and roll; pods without a node get the only one there
 * is. For the mock API server alone: it collects no garbage either, so that is done here too.
 */
public final class DemoControllers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DemoControllers.class);

  private final KubernetesClient client;
  private final String nodeName;
  private final DeploymentController deployments;
  private final BlockingQueue<Name> queue = new LinkedBlockingQueue<>();
  private final Set<Name> queued = ConcurrentHashMap.newKeySet();
  private final SharedIndexInformer<Deployment> deploymentInformer;
  private final SharedIndexInformer<Pod> podInformer;
  private final Thread worker;

  private record Name(String namespace, String name) {}

  private DemoControllers(KubernetesClient client, String nodeName) {
    this.client = client;
    this.nodeName = nodeName;
    this.deployments = new DeploymentController(client, nodeName);
    this.deploymentInformer =
        client
            .apps()
            .deployments()
            .inAnyNamespace()
            .runnableInformer(0)
            .addEventHandler(onAny(deployment -> enqueue(nameOf(deployment))));
    this.podInformer =
        client.pods().inAnyNamespace().runnableInformer(0).addEventHandler(onAny(this::seePod));
    this.worker = Thread.ofVirtual().name("demo controllers").unstarted(this::work);
  }

  /**
   * Starts the controllers.
   *
   * @param client stays the caller's to close, after these controllers
   * @param nodeName where all pods go
   */
  public static DemoControllers start(KubernetesClient client, String nodeName) {
    DemoControllers controllers = new DemoControllers(client, nodeName);
    controllers.worker.start();
    controllers.deploymentInformer.run();
    controllers.podInformer.run();
    return controllers;
  }

  @Override
  public void close() {
    deploymentInformer.stop();
    podInformer.stop();
    worker.interrupt();
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (true) {
        Name next = queue.take();
        // before the pass: what changes during it needs another one
        queued.remove(next);
        try {
          deployments.reconcile(next.namespace(), next.name());
        } catch (KubernetesClientException e) {
          if (Thread.currentThread().isInterrupted()) {
            return;
          }
          // somebody else wrote in between: the next pass reads everything anew
          LOG.debug("Deployment {} again", next, e);
          enqueue(next);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void enqueue(Name deployment) {
    if (queued.add(deployment)) {
      queue.add(deployment);
    }
  }

  private void seePod(Pod pod) {
    if (pod.getSpec().getNodeName() == null && pod.getMetadata().getDeletionTimestamp() == null) {
      bind(pod);
    }
    owner(pod, "ReplicaSet")
        .map(owner -> new Name(pod.getMetadata().getNamespace(), deploymentOf(owner)))
        .ifPresent(this::enqueue);
  }

  private void bind(Pod pod) {
    try {
      client
          .pods()
          .resource(pod)
          .edit(p -> new PodBuilder(p).editSpec().withNodeName(nodeName).endSpec().build());
    } catch (KubernetesClientException e) {
      LOG.debug("pod {} could not be bound", pod.getMetadata().getName(), e);
    }
  }

  /** A ReplicaSet is named after its Deployment, a dash and a hash. */
  private static String deploymentOf(OwnerReference replicaSet) {
    return replicaSet.getName().substring(0, replicaSet.getName().lastIndexOf('-'));
  }

  static Optional<OwnerReference> owner(HasMetadata object, String kind) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(owner -> owner.getKind().equals(kind))
        .findFirst();
  }

  private static Name nameOf(HasMetadata object) {
    return new Name(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  private static <T> ResourceEventHandler<T> onAny(Consumer<T> seen) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T object) {
        seen.accept(object);
      }

      @Override
      public void onUpdate(T before, T object) {
        seen.accept(object);
      }

      @Override
      public void onDelete(T object, boolean finalStateUnknown) {
        seen.accept(object);
      }
    };
  }
}
