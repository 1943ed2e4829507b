package dev.rekey.issuer.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.issuer.Issuer;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Definitions of issuers as people write them, each a variation of one. */
final class WrittenIssuers {
  private static final String WHOLE =
      """
      auth: {bearer: {secretRef: {name: till-admin, key: token}}}
      create: {post: /keys, body: {name: "${request.label}"}, key: {id: body.id, value: body.token}}
      list: {get: /keys, items: body.keys, item: {id: item.id, label: item.name}, complete: true}
      delete: {delete: "/keys/${key.id}"}
      verify: {get: /me, auth: {bearer: {value: "${key.value}"}}}
      """;

  private WrittenIssuers() {}

  /** An issuer whose parts that are named here are written so. */
  static Issuer issuer(ScriptedServer server, Transports transports, String parts) {
    return HttpKeyIssuer.compile(
        spec(server.url(), parts),
        Transports.credential("admin-token-6fQ"),
        transports.transport());
  }

  /** Its definition. */
  static KeyIssuerSpec spec(String url, String parts) {
    ObjectNode http = (ObjectNode) Serialization.unmarshal(WHOLE, JsonNode.class);
    http.put("url", url);
    http.put("requestTimeout", "5s");
    http.setAll((ObjectNode) Serialization.unmarshal(parts, JsonNode.class));
    ObjectNode spec = http.objectNode();
    spec.set("http", http);
    return Serialization.unmarshal(spec.toString(), KeyIssuerSpec.class);
  }
}
