package dev.rekey.node;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What all calling pods of a cluster have sent together, as they themselves saw it. */
public final class Traffic {

  private final LongAdder successes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final Queue<FailedRequest> failed = new ConcurrentLinkedQueue<>();
  private final Map<String, String> hintsByPod = new ConcurrentHashMap<>();

  /** How many requests succeeded. */
  public long successes() {
    return successes.sum();
  }

  /** How many did not. */
  public long failures() {
    return failures.sum();
  }

  /** All requests together. */
  public long total() {
    return successes() + failures();
  }

  /** The requests that did not succeed, in order. */
  public List<FailedRequest> failedRequests() {
    return List.copyOf(failed);
  }

  /** For every pod that is calling now, {@code namespace/name}: the hint of the key it holds. */
  public Map<String, String> keyHintsByPod() {
    return Map.copyOf(hintsByPod);
  }

  void began(String pod, String keyHint) {
    hintsByPod.put(pod, keyHint);
  }

  void ended(String pod) {
    hintsByPod.remove(pod);
  }

  void succeeded() {
    successes.increment();
  }

  void failed(FailedRequest request) {
    failures.increment();
    failed.add(request);
  }
}
