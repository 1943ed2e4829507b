package dev.rekey.keyservice;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in as an admin: by a token of a team, or by a session that such a token has opened.
 */
final class Doors {
  private static final Pattern CLIENT_SECRET = Pattern.compile("(?:^|&)client_secret=([^&]*)");
  private static final Pattern PASSWORD = Pattern.compile("\"password\"\\s*:\\s*\"([^\"]*)\"");

  private final InstantSource clock;
  private final Map<String, String> teamByToken = new ConcurrentHashMap<>();
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private volatile Duration life = Duration.ofHours(1);

  private record Session(String token, Instant until) {}

  Doors(InstantSource clock) {
    this.clock = clock;
  }

  String token(String team) {
    String token = "admin_" + UUID.randomUUID();
    teamByToken.put(token, team);
    return token;
  }

  void revokeTokens(String team) {
    teamByToken.values().removeIf(team::equals);
  }

  void sessionsLast(Duration other) {
    life = other;
  }

  Duration life() {
    return life;
  }

  void endSessions() {
    sessions.clear();
  }

  /** The team of this token, or of this session. */
  Optional<String> team(@Nullable String shown) {
    if (shown == null) {
      return Optional.empty();
    }
    String session = shown.startsWith("sid=") ? shown.substring("sid=".length()) : shown;
    return Optional.ofNullable(sessions.get(session))
        .filter(it -> clock.instant().isBefore(it.until()))
        .map(Session::token)
        .or(() -> Optional.of(shown))
        .flatMap(it -> Optional.ofNullable(teamByToken.get(it)));
  }

  /** A session for whoever shows a token as the secret of an OAuth2 client. */
  Optional<String> forClient(Request request) {
    String shown = request.bearer();
    Matcher form = CLIENT_SECRET.matcher(request.body());
    String secret =
        shown != null
            ? shown
            : form.find() ? URLDecoder.decode(form.group(1), StandardCharsets.UTF_8) : "";
    return opened(URLDecoder.decode(secret, StandardCharsets.UTF_8));
  }

  /** A session for whoever shows a token as a password. */
  Optional<String> forLogin(Request request) {
    Matcher password = PASSWORD.matcher(request.body());
    return opened(password.find() ? password.group(1) : "");
  }

  private Optional<String> opened(String token) {
    if (!teamByToken.containsKey(token)) {
      return Optional.empty();
    }
    String session = "session_" + UUID.randomUUID();
    sessions.put(session, new Session(token, clock.instant().plus(life)));
    return Optional.of(session);
  }
}
