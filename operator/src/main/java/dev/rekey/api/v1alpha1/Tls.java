package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How connections to the API are secured, where the usual way does not do. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.caBundle) || has(self.clientCertificate)",
    message =
        "write caBundle, clientCertificate or both; leave tls out where the API's certificate is"
            + " one that browsers trust")
public record Tls(
    @JsonPropertyDescription(
            "The certificates, in PEM, of the authorities that may vouch for the API: these and no"
                + " others. Default: those that the operator's Java trusts, which are those of"
                + " browsers.")
        @Size(max = 65_536)
        @ValidationRule(
            value = "self.contains('-----BEGIN CERTIFICATE-----')",
            message =
                "write certificates in PEM, each between -----BEGIN CERTIFICATE----- and -----END"
                    + " CERTIFICATE-----, in a block of lines: caBundle: |")
        @Nullable String caBundle,
    @JsonPropertyDescription(
            "What Rekey shows of itself when a connection is made, for an API that asks for a"
                + " certificate (mTLS). Default: none.")
        @Nullable ClientCertificate clientCertificate) {}
