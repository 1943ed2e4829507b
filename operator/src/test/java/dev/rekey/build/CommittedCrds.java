package dev.rekey.build;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuer;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The CustomResourceDefinitions in {@code crds/}, as the Java types say they should be. */
public final class CommittedCrds {
  private static final String HEADER =
      "# Generated from the Java types by ./mvnw -q -Pcrds: edit those, not this file.\n";

  private static final Map<String, String> KINDS =
      Map.of(
          "ApiKeyRotation",
          "One API key that is rotated: the issuer that makes it, the Secret that applications read"
              + " it from, and when and how running pods move to a new one.",
          "KeyIssuer",
          "An account at a service that issues API keys, for the ApiKeyRotations of its own"
              + " namespace.",
          "ClusterKeyIssuer",
          "An account at a service that issues API keys, for the ApiKeyRotations of the namespaces"
              + " that it names. Its credential is kept in the operator's namespace.");

  private CommittedCrds() {}

  /** Writes {@code crds/} below the folder that is given. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0], "crds"));
    for (var file : generate().entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
    ReasonsPage.main(args);
  }

  /** File name to content. */
  static Map<String, String> generate() {
    var files = new TreeMap<String, String>();
    for (var crd : definitions()) {
      files.put(crd.getMetadata().getName() + ".yaml", HEADER + Serialization.asYaml(crd));
    }
    return files;
  }

  /** The definitions as the API server gets them. */
  static List<CustomResourceDefinition> definitions() {
    return Stream.of(ApiKeyRotation.class, KeyIssuer.class, ClusterKeyIssuer.class)
        .map(type -> complete(type, generated(type)))
        .toList();
  }

  private static CustomResourceDefinition generated(Class<? extends HasMetadata> type) {
    var stream = new ByteArrayOutputStream();
    new CRDGenerator()
        .customResourceClasses(List.of(type))
        .forCRDVersions("v1")
        .withParallelGenerationEnabled(false)
        .withOutput(
            new CRDGenerator.AbstractCRDOutput<ByteArrayOutputStream>() {
              @Override
              protected ByteArrayOutputStream createStreamFor(String name) {
                return stream;
              }
            })
        .generate();
    return Serialization.unmarshal(
        stream.toString(StandardCharsets.UTF_8), CustomResourceDefinition.class);
  }

  /** Adds what the generator has no annotation for. */
  private static CustomResourceDefinition complete(
      Class<? extends HasMetadata> type, CustomResourceDefinition crd) {
    String kind = crd.getSpec().getNames().getKind();
    var version = crd.getSpec().getVersions().getFirst();
    version.setAdditionalPrinterColumns(columns(type));
    var root = version.getSchema().getOpenAPIV3Schema();
    oneRuleOnce(root);
    root.setDescription(KINDS.get(kind));
    root.setRequired(List.of("spec"));
    var spec = child(root, "spec");
    spec.setDescription("What is asked for.");
    if (kind.equals("ApiKeyRotation")) {
      completeRotation(spec, child(root, "status"));
    } else {
      completeIssuer(root, spec);
    }
    return crd;
  }

  /** In the order in which they are declared; the generator sorts them. */
  private static List<CustomResourceColumnDefinition> columns(Class<?> type) {
    return Stream.of(type.getAnnotationsByType(AdditionalPrinterColumn.class))
        .map(column ->
            new CustomResourceColumnDefinitionBuilder()
                .withName(column.name())
                .withType(column.type().name().toLowerCase(Locale.ROOT))
                .withJsonPath(column.jsonPath())
                .build())
        .toList();
  }

  /** The generator finds each rule of a record twice: at the field and at its accessor. */
  private static void oneRuleOnce(JSONSchemaProps schema) {
    if (schema.getXKubernetesValidations() != null) {
      schema.setXKubernetesValidations(
          schema.getXKubernetesValidations().stream().distinct().toList());
    }
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(CommittedCrds::oneRuleOnce);
    }
    if (schema.getItems() != null) {
      oneRuleOnce(schema.getItems().getSchema());
    }
  }

  private static void completeRotation(JSONSchemaProps spec, JSONSchemaProps status) {
    JSONSchemaProps data = child(child(spec, "secret"), "data");
    data.setMaxProperties(64L);
    JSONSchemaProps text = data.getAdditionalProperties().getSchema();
    text.setMaxLength(8192L);
    text.setDescription("Text with ${CEL} over key.");

    status.setDescription("What Rekey found and did. Nothing is decided from it.");
    JSONSchemaProps conditions = child(status, "conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    conditions.getItems().setSchema(condition());
  }

  private static void completeIssuer(JSONSchemaProps root, JSONSchemaProps spec) {
    root.getProperties().remove("status"); // an issuer has none yet
    if (spec.getProperties().containsKey("allowedNamespaces")) {
      JSONSchemaProps namespaces = child(spec, "allowedNamespaces");
      namespaces.setXKubernetesListType("set");
      namespaces.getItems().getSchema().setMaxLength(512L);
    }
    for (String request : List.of("create", "list", "delete", "verify")) {
      completeRequest(child(child(spec, "http"), request));
    }
    JSONSchemaProps manual = child(spec, "manual");
    completeRequest(child(manual, "verify"));
    child(manual, "contacts").getItems().getSchema().setMaxLength(512L);

    completeRequest(child(child(child(spec, "http"), "auth"), "login"));
  }

  private static void completeRequest(JSONSchemaProps request) {
    JSONSchemaProps body = child(request, "body");
    body.setAdditionalProperties(null);
    body.setXKubernetesPreserveUnknownFields(true);
    for (String texts : List.of("headers", "form")) {
      JSONSchemaProps entries = child(request, texts);
      entries.setMaxProperties(32L);
      JSONSchemaProps text = entries.getAdditionalProperties().getSchema();
      text.setMaxLength(1024L);
      text.setDescription("Text with ${CEL}.");
    }
  }

  /** As in Kubernetes' own types, where these fields are required. */
  private static JSONSchemaProps condition() {
    return new JSONSchemaPropsBuilder()
        .withType("object")
        .withRequired("lastTransitionTime", "message", "reason", "status", "type")
        .addToProperties("type", text("What is judged: Ready or Rotating."))
        .addToProperties(
            "status",
            text("True, False or Unknown.")
                .edit()
                .withEnum(new TextNode("True"), new TextNode("False"), new TextNode("Unknown"))
                .build())
        .addToProperties("reason", text("Why, in one word that scripts and alerts may rely on."))
        .addToProperties("message", text("Why, and what to do, in a sentence for people."))
        .addToProperties(
            "lastTransitionTime",
            text("When the status last changed from one value to another, in RFC 3339.")
                .edit()
                .withFormat("date-time")
                .build())
        .addToProperties(
            "observedGeneration",
            new JSONSchemaPropsBuilder()
                .withType("integer")
                .withFormat("int64")
                .withDescription("The metadata.generation of the spec that was judged.")
                .build())
        .build();
  }

  private static JSONSchemaProps text(String description) {
    return new JSONSchemaPropsBuilder().withType("string").withDescription(description).build();
  }

  private static JSONSchemaProps child(JSONSchemaProps schema, String name) {
    JSONSchemaProps child = schema.getProperties().get(name);
    if (child == null) {
      throw new IllegalStateException("the schema has no field " + name);
    }
    return child;
  }
}
