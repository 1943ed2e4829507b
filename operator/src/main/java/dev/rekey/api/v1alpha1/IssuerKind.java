package dev.rekey.api.v1alpha1;

/** The two kinds of issuer. */
public enum IssuerKind {
  KeyIssuer,
  ClusterKeyIssuer
}
