package dev.rekey.keyservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A status, extra headers and a body of JSON (or what passes for it). */
record Answer(int status, Map<String, String> headers, String body) {

  static Answer json(int status, JsonNode body) {
    return new Answer(status, Map.of(), body.toString());
  }

  static Answer empty(int status) {
    return new Answer(status, Map.of(), "");
  }

  static Answer error(int status, String message) {
    return json(status, JsonNodeFactory.instance.objectNode().put("error", message));
  }

  Answer with(String header, String value) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(header, value);
    return new Answer(status, all, body);
  }

  Answer saying(String otherBody) {
    return new Answer(status, headers, otherBody);
  }

  void send(HttpExchange exchange) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    headers.forEach(exchange.getResponseHeaders()::set);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    // -1 means no body at all; 0 would mean chunks
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }
}
