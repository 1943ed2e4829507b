package dev.rekey.demo;

import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.ServiceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Tells what the key service did, from its own log. */
final class ServiceTale implements AutoCloseable {

  private static final long BEAT_MILLIS = 50;
  private static final String SERVICE = "key service";
  private static final int PROVEN = 3;

  private final KeyService service;
  private final Story story;
  private final Thread reader;
  private final Map<String, LogEntry> lastUse = new HashMap<>();
  private final Map<String, Integer> verified = new HashMap<>();
  private final Set<String> refused = new HashSet<>();

  private ServiceTale(KeyService service, Story story) {
    this.service = service;
    this.story = story;
    this.reader = Thread.ofVirtual().name("service tale").unstarted(this::read);
  }

  static ServiceTale of(KeyService service, Story story) {
    ServiceTale tale = new ServiceTale(service, story);
    tale.reader.start();
    return tale;
  }

  /** How people tell a key from others. */
  static String display(ServiceKey key) {
    return "key " + key.id() + " (…" + key.lastFive() + ")";
  }

  /** The name of the pod that calls itself so. */
  static String pod(String userAgent) {
    return "pod " + userAgent.substring(userAgent.indexOf('/') + 1);
  }

  /** A length of time as people say it. */
  static String seconds(Instant from, Instant to) {
    return String.format(Locale.ROOT, "%.1f s", Duration.between(from, to).toMillis() / 1000.0);
  }

  @Override
  public void close() {
    reader.interrupt();
  }

  private void read() {
    int told = 0;
    try {
      while (true) {
        List<LogEntry> log = service.log();
        log.subList(told, log.size()).forEach(this::tell);
        told = log.size();
        TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(LogEntry entry) {
    switch (entry.what()) {
      case ACCEPTED -> lastUse.put(entry.keyId(), entry);
      case VERIFIED -> {
        if (verified.merge(entry.keyId(), 1, Integer::sum) == PROVEN) {
          tell(
              entry,
              "was shown " + display(entry) + " three times and took it each time",
              "what does not work must not reach a pod");
        }
      }
      case DELETED ->
          tell(
              entry,
              "deleted " + display(entry) + ", as team " + entry.by() + " asked",
              use(entry));
      case REJECTED -> {
        if (refused.add(entry.by() + entry.keyId())) {
          tell(
              entry,
              "REFUSES " + pod(entry.by()),
              display(entry) + " was deleted while this pod still used it");
        }
      }
      default -> {}
    }
  }

  private void tell(LogEntry entry, String happens, String why) {
    story.tell(entry.at(), SERVICE, happens, why);
  }

  private String use(LogEntry deleted) {
    LogEntry use = lastUse.get(deleted.keyId());
    return use == null
        ? "nobody has used it"
        : "last used " + seconds(use.at(), deleted.at()) + " ago, by " + pod(use.by());
  }

  private String display(LogEntry entry) {
    return service.allKeys().stream()
        .filter(key -> key.id().equals(entry.keyId()))
        .map(ServiceTale::display)
        .findFirst()
        .orElse("a key that nobody knows");
  }
}
