package dev.rekey.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node whose pods are programs in this JVM. It plays the kubelet: resolves a pod's environment
 * and Secret volumes once at each container start by reading the Secrets live, reports status, lets
 * the program of a deleted pod work on as long as {@link PodSwitches#TERMINATION_DELAY} says, and
 * only then removes the pod. One watch and a virtual thread per pod: good for several hundred.
 */
public final class SimulatedNode implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SimulatedNode.class);

  private final KubernetesClient client;
  private final String name;
  private final PodProgram program;
  private final NodeRegistration registration;
  private final Map<String, PodWorker> workersByUid = new ConcurrentHashMap<>();
  private final Images images = new Images();
  private final List<SecretRead> secretReads = new CopyOnWriteArrayList<>();
  private final AtomicInteger lastIp = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SharedIndexInformer<Pod> informer;

  private SimulatedNode(KubernetesClient client, String name, PodProgram program) {
    this.client = client;
    this.name = name;
    this.program = program;
    this.registration = NodeRegistration.start(client, name);
    // all pods, sorted out here: the mock API server knows no field selector for spec.nodeName
    this.informer = client.pods().inAnyNamespace().runnableInformer(0).addEventHandler(handler());
  }

  /**
   * Registers the node and runs this program in every pod that is bound to it.
   *
   * @param client stays the caller's to close, after this node
   */
  public static SimulatedNode start(KubernetesClient client, String name, PodProgram program) {
    SimulatedNode node = new SimulatedNode(client, name, program);
    node.informer.run();
    return node;
  }

  /** The name to put into {@code spec.nodeName}. */
  public String name() {
    return name;
  }

  /** How many pods this node has, from their start to their removal. */
  public int pods() {
    return workersByUid.size();
  }

  /** Every read of a Secret so far, in order. */
  public List<SecretRead> secretReads() {
    return List.copyOf(secretReads);
  }

  /** From now on no container can be started from this image. */
  public void forgetImage(String image) {
    images.forget(image);
  }

  /** It can again. */
  public void bringBackImage(String image) {
    images.bringBack(image);
  }

  /** The node says of itself that it is ready, or that it is not; its pods run on. */
  public void sayReady(boolean ready) {
    registration.report(ready);
  }

  /**
   * Nobody hears of this node any more, after it has said that it is not ready: what runs on it
   * runs on, no pod is started and the end of none is confirmed. The Node object stays.
   */
  public void cutOff() {
    registration.report(false);
    registration.fallSilent();
    informer.stop();
  }

  /** The machine is off: nothing runs on it any more, and it says nothing of that. */
  public void powerOff() {
    registration.fallSilent();
    informer.stop();
    endPrograms();
  }

  /** Ends all programs at once and takes the node out of the cluster; pod objects stay. */
  @Override
  public void close() {
    informer.stop();
    endPrograms();
    registration.close();
  }

  private void endPrograms() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("node {} stopped with pods still running", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ResourceEventHandler<Pod> handler() {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(Pod pod) {
        see(pod);
      }

      @Override
      public void onUpdate(Pod before, Pod pod) {
        if (!before.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
          forget(before);
        }
        see(pod);
      }

      @Override
      public void onDelete(Pod pod, boolean finalStateUnknown) {
        forget(pod);
      }
    };
  }

  private void see(Pod pod) {
    if (!name.equals(pod.getSpec().getNodeName())) {
      return;
    }
    PodWorker worker = workersByUid.computeIfAbsent(pod.getMetadata().getUid(), _ -> begin(pod));
    worker.see(pod);
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      worker.terminate(pod);
    }
  }

  private void forget(Pod pod) {
    PodWorker worker = workersByUid.remove(pod.getMetadata().getUid());
    if (worker != null) {
      worker.vanish();
    }
  }

  private PodWorker begin(Pod pod) {
    PodWorker worker = new PodWorker(client, program, images, secretReads::add, pod, nextIp());
    threads.execute(() -> run(worker, pod));
    return worker;
  }

  private static void run(PodWorker worker, Pod pod) {
    try {
      worker.run();
    } catch (InterruptedException e) {
      // the node is closing
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn(
          "pod {}/{} is left alone",
          pod.getMetadata().getNamespace(),
          pod.getMetadata().getName(),
          e);
    }
  }

  /** A fake address: nothing listens there. */
  private String nextIp() {
    int next = lastIp.getAndIncrement();
    return "10.244." + (next / 250) % 250 + "." + (next % 250 + 1);
  }
}
