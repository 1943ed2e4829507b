package dev.rekey.keyservice;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An incoming request, read whole: the body must be drained whatever the answer will be. */
record Request(String method, String path, String body, @Nullable String bearer, String userAgent) {

  private static final String KEYS = "/api/keys";
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";
  private static final String PARAMETER = "api_key=";

  static Request of(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    String userAgent = exchange.getRequestHeaders().getFirst("User-Agent");
    return new Request(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
        credential(exchange, authorization),
        userAgent == null ? "-" : userAgent);
  }

  /**
   * A bearer token, a password, the header {@code X-Api-Key} or {@code X-Session}, a cookie, or the
   * parameter {@code api_key}.
   */
  private static @Nullable String credential(
      HttpExchange exchange, @Nullable String authorization) {
    if (authorization != null && authorization.startsWith(BEARER)) {
      return authorization.substring(BEARER.length());
    }
    if (authorization != null && authorization.startsWith(BASIC)) {
      String pair =
          new String(
              Base64.getDecoder().decode(authorization.substring(BASIC.length())),
              StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1);
    }
    String header = exchange.getRequestHeaders().getFirst("X-Api-Key");
    if (header != null) {
      return header;
    }
    for (String name : List.of("X-Session", "Cookie")) {
      String session = exchange.getRequestHeaders().getFirst(name);
      if (session != null) {
        return session;
      }
    }
    String query = exchange.getRequestURI().getQuery();
    return query != null && query.startsWith(PARAMETER)
        ? query.substring(PARAMETER.length())
        : null;
  }

  /** What is asked for, or null where this service has no such thing. */
  @Nullable Verb verb() {
    return switch (method + " " + path) {
      case "POST " + KEYS -> Verb.MINT;
      case "GET " + KEYS -> Verb.LIST;
      case "POST /api/messages" -> Verb.MESSAGE;
      case "GET /api/me" -> Verb.ME;
      case "POST /oauth/token" -> Verb.TOKEN;
      case "POST /session" -> Verb.LOGIN;
      default -> method.equals("DELETE") && path.startsWith(KEYS + "/") ? Verb.DELETE : null;
    };
  }

  String keyId() {
    return path.substring(KEYS.length() + 1);
  }

  /** Without body and bearer: both may hold what must not be printed. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
