package dev.rekey.issuer.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.KeyBearer;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.VerifyAuth;
import dev.rekey.issuer.Issuer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;

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

  static final VerifyAuth BY_BEARER = new VerifyAuth(new KeyBearer("${key.value}"));

  private WrittenIssuers() {}

  /** An issuer whose parts that are named here are written so. */
  static Issuer issuer(ScriptedServer server, Transports transports, String parts) {
    return HttpKeyIssuer.compile(
        spec(server.url(), parts),
        Transports.credential("admin-token-6fQ"),
        transports.transport());
  }

  /** The key service with this auth, in which URL stands for its address. */
  static KeyIssuerSpec onKeyService(URI url, String auth) {
    KeyIssuerSpec like = Definitions.keyService(url, "5s");
    return Definitions.authenticated(like, auth(auth, url.toString()), BY_BEARER);
  }

  /** What stands in auth, in which URL stands for an address. */
  static HttpAuth auth(String auth, String url) {
    // what begins with a brace is taken for JSON
    return Serialization.unmarshal("---\n" + auth.replace("URL", url), HttpAuth.class);
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
