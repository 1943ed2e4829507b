package dev.rekey.demo;

import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts what came of it where it cannot be talked about: at the key service, in the Secrets, and
 * by the pods themselves.
 */
final class Summary {

  private static final int HINT_LENGTH = 5;

  private final Stage stage;
  private final KeyService service;
  private final Map<String, ServiceKey> liveByHint;
  private final List<LogEntry> log;

  private Summary(Stage stage) {
    this.stage = stage;
    this.service = stage.service();
    this.liveByHint =
        service.liveKeys().stream().collect(Collectors.toMap(ServiceKey::lastFive, key -> key));
    this.log = service.log();
  }

  /** As it is now. */
  static Summary of(Stage stage) {
    return new Summary(stage);
  }

  /** What is counted, in the words that the last line uses. */
  Verdict verdict(Optional<String> missing) {
    List<ServiceKey> inUse =
        Stage.SECRETS.stream().map(this::keyIn).flatMap(Optional::stream).toList();
    long ours = liveByHint.values().stream().filter(key -> key.team().equals(Stage.TEAM)).count();
    return new Verdict(
        (int) inUse.stream().filter(key -> !isOld(key)).count(),
        stage.traffic().total(),
        Math.max(stage.traffic().failures(), service.failedRequests()),
        (int) ours - inUse.size(),
        deadOfOthers(),
        missing);
  }

  /** The fate of each key, one a line. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < Stage.SECRETS.size(); i++) {
      String secret = Stage.SECRETS.get(i);
      ServiceKey old = stage.ours().get(i).key();
      lines.add(
          String.format(
              Locale.ROOT,
              "  Secret %-16s %s; %s",
              secret,
              keyIn(secret)
                  .map(key -> "shows " + ServiceTale.display(key) + ", which works")
                  .orElse("shows a key that does not work"),
              fate(old)));
    }
    List<String> dead = deadOfOthers();
    lines.add(
        "  the other "
            + stage.others().size()
            + " keys of the account, of other teams and another cluster: "
            + (dead.isEmpty() ? "all work, nobody touched them" : "GONE: " + dead));
    return lines;
  }

  private String fate(ServiceKey old) {
    String name = ServiceTale.display(old);
    if (liveByHint.containsKey(old.lastFive())) {
      return name + " still works";
    }
    Optional<LogEntry> deleted = last(What.DELETED, old);
    Optional<LogEntry> used = last(What.ACCEPTED, old);
    long refused = log.stream().filter(it -> is(it, What.REJECTED, old)).count();
    return deleted.isEmpty() || used.isEmpty()
        ? name + " is dead, and nobody deleted it"
        : name
            + " was deleted "
            + ServiceTale.seconds(used.get().at(), deleted.get().at())
            + " after its last use"
            + (refused == 0 ? "" : ", and was tried " + refused + " times after that");
  }

  private Optional<LogEntry> last(What what, ServiceKey key) {
    return log.reversed().stream().filter(it -> is(it, what, key)).findFirst();
  }

  private static boolean is(LogEntry entry, What what, ServiceKey key) {
    return entry.what() == what && entry.keyId().equals(key.id());
  }

  private boolean isOld(ServiceKey key) {
    return stage.ours().stream().anyMatch(old -> old.key().id().equals(key.id()));
  }

  private List<String> deadOfOthers() {
    return stage.others().stream()
        .map(NewKey::key)
        .filter(key -> !liveByHint.containsKey(key.lastFive()))
        .map(ServiceTale::display)
        .toList();
  }

  /** The working key that the Secret holds; empty where it holds none. */
  private Optional<ServiceKey> keyIn(String name) {
    @Nullable Secret secret =
        stage.cluster().client().secrets().inNamespace(Stage.NAMESPACE).withName(name).get();
    return Optional.ofNullable(secret)
        .map(it -> it.getData().get("API_KEY"))
        .map(it -> new String(Base64.getDecoder().decode(it), StandardCharsets.UTF_8))
        .map(it -> it.substring(Math.max(0, it.length() - HINT_LENGTH)))
        .map(liveByHint::get);
  }
}
