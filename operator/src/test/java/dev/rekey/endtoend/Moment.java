package dev.rekey.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rekey.rotation.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.StreamSupport;

/** Between which two steps a rotation is, as its ledger tells it. */
enum Moment {
  IDLE,
  BEGUN,
  MINTING,
  SWEEPING,
  VERIFYING,
  PUBLISHING,
  SETTLING,
  ROLLING,
  SOAKING,
  CONDEMNED,
  DELETE_ASKED,
  COMPLETING;

  /** The moment of a rotation, as a ledger holds it. */
  static Moment of(JsonNode rotation, Instant now) {
    var run = rotation.path("run");
    var published = rotation.path("publication");
    var next = key(rotation, Role.NEXT);
    var condemned = key(rotation, Role.CONDEMNED);
    if (!condemned.isMissingNode()) {
      return isThere(condemned.path("checks").path("deleteAskedAt")) ? DELETE_ASKED : CONDEMNED;
    }
    if (attempts(rotation, "OPEN")) {
      return MINTING;
    }
    if (!isThere(run)) {
      return attempts(rotation, "LOST") ? SWEEPING : IDLE;
    }
    if (next.isMissingNode()) {
      return isThere(run.path("keyName")) ? COMPLETING : BEGUN;
    }
    if (!published.path("keyName").equals(next.path("name"))) {
      return VERIFYING;
    }
    if (!isThere(published.path("writtenAt"))) {
      return PUBLISHING;
    }
    var settled =
        Instant.parse(published.path("writtenAt").asText())
            .plus(Duration.parse(run.path("settle").asText()));
    if (now.isBefore(settled)) {
      return SETTLING;
    }
    return isThere(run.path("progress").path("allMovedAt")) ? SOAKING : ROLLING;
  }

  private static JsonNode key(JsonNode rotation, Role role) {
    return StreamSupport.stream(rotation.path("keys").spliterator(), false)
        .filter(it -> role.name().equals(it.path("role").asText()))
        .findFirst()
        .orElseGet(() -> rotation.path("no such key"));
  }

  /** Those that were searched for as often as they are until the next rotation do not count. */
  private static boolean attempts(JsonNode rotation, String state) {
    return StreamSupport.stream(rotation.path("attempts").spliterator(), false)
        .filter(it -> state.equals(it.path("state").asText()))
        .anyMatch(it -> "OPEN".equals(state) || isThere(it.path("nextSweep")));
  }

  private static boolean isThere(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }
}
