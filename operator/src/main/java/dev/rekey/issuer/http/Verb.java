package dev.rekey.issuer.http;

/** The requests: four about keys, and those that ask for a session. */
enum Verb {
  CREATE("create a key", "spec.http.create"),
  LIST("list the keys", "spec.http.list"),
  DELETE("delete a key", "spec.http.delete"),
  VERIFY("verify a key", "spec.http.verify"),
  TOKEN("give a token", "spec.http.auth.oauth2"),
  LOGIN("log in", "spec.http.auth.login");

  private final String words;
  private final String path;

  Verb(String words, String path) {
    this.words = words;
    this.path = path;
  }

  /** As in: asked to create a key. */
  String words() {
    return words;
  }

  /** Where in an issuer this request is defined. */
  String path() {
    return path;
  }
}
