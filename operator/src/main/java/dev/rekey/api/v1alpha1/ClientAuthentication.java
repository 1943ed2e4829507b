package dev.rekey.api.v1alpha1;

/** How an OAuth2 client shows its secret to the token endpoint. */
public enum ClientAuthentication {
  /** As user name and password of {@code Authorization: Basic}. */
  Basic,
  /** As {@code client_id} and {@code client_secret} in the form. */
  Form
}
