package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** What Rekey shows an API that asks for a certificate when a connection is made. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClientCertificate(
    @JsonPropertyDescription(
            "A Secret of type kubernetes.io/tls, with the certificate and those above it in tls.crt"
                + " and its private key, unencrypted, in tls.key. A changed one is used at the next"
                + " request; nothing has to be restarted.")
        @Required
        SecretRef secretRef) {}
