package dev.rekey.api.v1alpha1;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the requests of an issuer have in common: exactly one method with its path, and more. */
public sealed interface DeclaredRequest
    permits CreateRequest, ListRequest, DeleteRequest, VerifyRequest, LoginCredential {
  /** What success is where nothing is written. */
  String DEFAULT_SUCCESS = "status >= 200 && status < 300";

  /** The path of a GET. */
  @Nullable String get();

  /** The path of a POST. */
  @Nullable String post();

  /** The path of a PUT. */
  @Nullable String put();

  /** The path of a PATCH. */
  @Nullable String patch();

  /** The path of a DELETE. */
  @Nullable String delete();

  /** Further headers. */
  @Nullable Map<String, String> headers();

  /** A JSON body. */
  @Nullable Map<String, Object> body();

  /** A body as forms are sent. */
  @Nullable Map<String, String> form();
}
