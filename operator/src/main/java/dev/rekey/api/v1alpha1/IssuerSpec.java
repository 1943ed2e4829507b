package dev.rekey.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** What the two kinds of issuer have in common. */
public sealed interface IssuerSpec permits KeyIssuerSpec, ClusterKeyIssuerSpec {
  /** The issuer's limit on a key's age, as {@code 180d}; absent: none is known. */
  @Nullable String maxAge();

  /** How many keys the account may hold at once; absent: no limit is known. */
  @Nullable Integer quota();

  /** How much Rekey asks of it; absent: the usual. */
  @Nullable Limits limits();

  /** The service's REST API; absent where it is of another type. */
  @Nullable HttpIssuer http();

  /** The service's dashboard; absent where it is of another type. */
  @Nullable ManualIssuer manual();
}
