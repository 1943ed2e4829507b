package dev.rekey.demo;

import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.ServiceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Tells what the key service did, from its own log. */
final class ServiceTale implements AutoCloseable {

  private static final long BEAT_MILLIS = 50;
  private static final String WHO = "key service";
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

  @Override
  public void close() {
    reader.interrupt();
  }

  private void read() {
    int told = 0;
    try {
      while (true) {
        List<LogEntry> log = service.log();
        for (LogEntry entry : log.subList(told, log.size())) {
          tell(entry);
        }
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
      case MINTED ->
          story.tell(
              entry.at(), WHO, "made " + display(entry.keyId()) + " for team " + entry.by(), "");
      case VERIFIED -> {
        if (verified.merge(entry.keyId(), 1, Integer::sum) == PROVEN) {
          story.tell(
              entry.at(),
              WHO,
              "was shown " + display(entry.keyId()) + " three times, and accepts it",
              "a key that does not work must not reach anybody");
        }
      }
      case DELETED ->
          story.tell(
              entry.at(),
              WHO,
              "deleted " + display(entry.keyId()) + " for team " + entry.by(),
              lastUse(entry));
      case VERIFY_REJECTED ->
          story.tell(
              entry.at(),
              WHO,
              "was shown " + display(entry.keyId()) + ", and refuses it",
              "so it is really gone");
      case REJECTED -> {
        if (refused.add(entry.by())) {
          story.tell(
              entry.at(),
              WHO,
              "REFUSES requests of pod " + entry.by(),
              display(entry.keyId()) + " was deleted while this pod still used it");
        }
      }
      default -> {}
    }
  }

  private String lastUse(LogEntry deleted) {
    LogEntry use = lastUse.get(deleted.keyId());
    return use == null
        ? "nobody has used it"
        : "last used "
            + seconds(use.at(), deleted.at())
            + " s before, by pod "
            + use.by().substring(use.by().indexOf('/') + 1);
  }

  private static String seconds(Instant from, Instant to) {
    return String.format(
        java.util.Locale.ROOT, "%.1f", Duration.between(from, to).toMillis() / 1000.0);
  }

  private String display(String keyId) {
    Map<String, ServiceKey> byId =
        service.allKeys().stream().collect(Collectors.toMap(ServiceKey::id, key -> key));
    ServiceKey key = byId.get(keyId);
    return key == null ? "an unknown key" : "key " + keyId + " (…" + key.lastFive() + ")";
  }
}
