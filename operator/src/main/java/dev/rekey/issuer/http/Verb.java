package dev.rekey.issuer.http;

import java.util.Locale;

/** The four requests. */
enum Verb {
  CREATE("POST", "create a key", "spec.http.create"),
  LIST("GET", "list the keys", "spec.http.list"),
  DELETE("DELETE", "delete a key", "spec.http.delete"),
  VERIFY("GET", "verify a key", "spec.http.verify");

  private final String method;
  private final String words;
  private final String path;

  Verb(String method, String words, String path) {
    this.method = method;
    this.words = words;
    this.path = path;
  }

  String method() {
    return method;
  }

  /** As in: asked to create a key. */
  String words() {
    return words;
  }

  /** Where in an issuer the path of this request is. */
  String pathField() {
    return path + "." + method.toLowerCase(Locale.ROOT);
  }

  /** Where in an issuer this request is defined. */
  String path() {
    return path;
  }
}
