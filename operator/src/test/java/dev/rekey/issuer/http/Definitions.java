package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.BearerCredential;
import dev.rekey.api.v1alpha1.CreateRequest;
import dev.rekey.api.v1alpha1.DeleteRequest;
import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.HttpIssuer;
import dev.rekey.api.v1alpha1.KeyBearer;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.ListRequest;
import dev.rekey.api.v1alpha1.ListedKey;
import dev.rekey.api.v1alpha1.MintedKey;
import dev.rekey.api.v1alpha1.SecretKeyRef;
import dev.rekey.api.v1alpha1.VerifyAuth;
import dev.rekey.api.v1alpha1.VerifyRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Definitions of issuers, each a variation of the one that fits the key service. */
final class Definitions {
  static final SecretKeyRef ADMIN = new SecretKeyRef("till-admin", "token");

  private static final HttpAuth AUTH = new HttpAuth(new BearerCredential(ADMIN));

  static final CreateRequest CREATE =
      new CreateRequest(
          "/api/keys",
          Map.of(
              "label",
              "${request.label}",
              "notification_contacts",
              List.of("${rotation.namespace}@agency.example")),
          new MintedKey("body.id", "body.plain_text_key", "body.issued_at", "body.valid_until"));

  static final ListRequest LIST =
      new ListRequest(
          "/api/keys",
          "body.keys",
          new ListedKey("item.id", "item.label", "item.issued_at", "item.valid_until"),
          true);

  static final String DELETE_PATH = "/api/keys/${key.id}";

  static final DeleteRequest DELETE = new DeleteRequest(DELETE_PATH);

  static final VerifyRequest VERIFY = verify(null, null);

  private Definitions() {}

  static VerifyRequest verify(@Nullable String accepted, @Nullable String rejected) {
    return new VerifyRequest(
        "/api/me", new VerifyAuth(new KeyBearer("${key.value}")), accepted, rejected);
  }

  static KeyIssuerSpec keyService(Object url, String requestTimeout) {
    return spec(url, requestTimeout, CREATE, LIST, DELETE, VERIFY);
  }

  /** The same with other credentials. */
  static KeyIssuerSpec authenticated(KeyIssuerSpec like, HttpAuth auth, VerifyAuth verifyAuth) {
    HttpIssuer http = Objects.requireNonNull(like.http());
    VerifyRequest verify = Objects.requireNonNull(http.verify());
    return new KeyIssuerSpec(
        like.maxAge(),
        like.quota(),
        new HttpIssuer(
            http.url(),
            http.requestTimeout(),
            auth,
            http.create(),
            http.list(),
            http.delete(),
            new VerifyRequest("/api/me", verifyAuth, verify.accepted(), verify.rejected())));
  }

  static KeyIssuerSpec spec(
      Object url,
      @Nullable String requestTimeout,
      CreateRequest create,
      ListRequest list,
      DeleteRequest delete,
      @Nullable VerifyRequest verify) {
    return new KeyIssuerSpec(
        "180d",
        10,
        new HttpIssuer(url.toString(), requestTimeout, AUTH, create, list, delete, verify));
  }
}
