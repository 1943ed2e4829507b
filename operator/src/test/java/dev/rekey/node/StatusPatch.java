package dev.rekey.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * A JSON patch that writes a status whole, whatever else was written in between, but only to the
 * very object: never to a later one of the same name. Whole, because merging lists of conditions is
 * not the same on the mock API server and a real one.
 */
final class StatusPatch {

  private static final ObjectMapper JSON = new ObjectMapper();

  private StatusPatch() {}

  static String of(HasMetadata object, Object status) {
    ArrayNode patch = JSON.createArrayNode();
    patch
        .addObject()
        .put("op", "test")
        .put("path", "/metadata/uid")
        .put("value", object.getMetadata().getUid());
    patch
        .addObject()
        .put("op", "add")
        .put("path", "/status")
        .set("value", JSON.valueToTree(status));
    return patch.toString();
  }
}
