package dev.rekey.issuer.http;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Names of headers that a definition may use, and those that Rekey sets itself. */
final class HeaderNames {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][-_A-Za-z0-9]*");

  private static final Set<String> OURS =
      Set.of(
          "connection",
          "content-length",
          "content-type",
          "expect",
          "host",
          "keep-alive",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent");

  private HeaderNames() {}

  /** Of a header beside the credential. */
  static void judge(String path, String name, Findings findings) {
    if (!NAME.matcher(name).matches()) {
      findings.add(
          path,
          "is not the name of a header; write letters, digits, dashes and underscores, as"
              + " X-Request-Id");
    } else if (sets(name)) {
      findings.add(path, "is a header that Rekey sets itself; leave it out");
    } else if (name.equalsIgnoreCase("authorization") || name.equalsIgnoreCase("cookie")) {
      findings.add(path, "carries a credential; write it into auth.header");
    }
  }

  /** Of a header that carries a credential. */
  static void judgeCredential(String path, String name, Findings findings) {
    if (!NAME.matcher(name).matches()) {
      findings.add(
          path,
          "is not the name of a header; write letters, digits, dashes and underscores, as"
              + " X-Api-Key");
    } else if (sets(name) || name.equalsIgnoreCase("accept")) {
      findings.add(path, "is a header that Rekey sets itself; write another one, as X-Api-Key");
    }
  }

  /** Whether Rekey, or the connection, sets this header. */
  private static boolean sets(String name) {
    return OURS.contains(name.toLowerCase(Locale.ROOT));
  }
}
