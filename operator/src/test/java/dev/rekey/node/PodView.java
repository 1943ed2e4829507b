package dev.rekey.node;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a program sees of its pod: who it is, and what was there when its container started. */
public final class PodView {

  private final String namespace;
  private final String name;
  private final String uid;
  private final ContainerInputs inputs;
  private final Map<String, String> renewed = new ConcurrentHashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);

  PodView(String namespace, String name, String uid, ContainerInputs inputs) {
    this.namespace = namespace;
    this.name = name;
    this.uid = uid;
    this.inputs = inputs;
  }

  public String namespace() {
    return namespace;
  }

  public String name() {
    return name;
  }

  public String uid() {
    return uid;
  }

  /** The environment, as it was when the container started; it never changes. */
  public Map<String, String> environment() {
    return inputs.environment();
  }

  /** The files of mounted Secrets by path, as they were when the container started. */
  public Map<String, String> files() {
    return inputs.files();
  }

  /** A file of a mounted Secret as it is now; empty: there is none at this path. */
  public Optional<String> file(String path) {
    return Optional.ofNullable(renewed.getOrDefault(path, inputs.files().get(path)));
  }

  /** The kubelet has read mounted Secrets again. */
  void renew(Map<String, String> files) {
    renewed.putAll(files);
  }

  /** Waits that long and tells whether the program must end. */
  public boolean awaitStop(Duration duration) throws InterruptedException {
    return stop.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Whether the program must end. */
  public boolean stopped() {
    return stop.getCount() == 0;
  }

  void stop() {
    stop.countDown();
  }

  /** Never the environment or the files. */
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
