package dev.rekey.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** An account at a service that issues keys, for the rotations of one namespace. */
@Group("rekey.dev")
@Version("v1alpha1")
@Kind("KeyIssuer")
@Plural("keyissuers")
@Singular("keyissuer")
@ShortNames("ki")
@Categories("rekey")
@AdditionalPrinterColumn(
    name = "URL",
    jsonPath = ".spec.http.url",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Max Age",
    jsonPath = ".spec.maxAge",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class KeyIssuer extends CustomResource<KeyIssuerSpec, Void> implements Namespaced {}
