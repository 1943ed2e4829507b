package dev.rekey.issuer.http;

import dev.rekey.rotation.SecretText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is put into addresses, encoded so that it cannot lead anywhere else. */
final class Address {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private Address() {}

  /** A text as one segment of a path, one name or one value of a query. */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  /** The port that it names, or that of its scheme. */
  static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return isSecure(address) ? 443 : 80;
  }

  /** Whether it is reached over TLS. */
  static boolean isSecure(URI address) {
    return "https".equalsIgnoreCase(address.getScheme());
  }

  /** Path and query, as they stand in a request. */
  static String pathAndQuery(URI address) {
    String path = address.getRawPath();
    String query = address.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  /** The address with this parameter in its query, and no other of that name. */
  static URI with(URI address, String name, SecretText value) {
    String query = address.getRawQuery();
    String own = encode(name) + "=";
    Stream<String> others =
        query == null
            ? Stream.of()
            : Arrays.stream(query.split("&")).filter(it -> !it.isEmpty() && !it.startsWith(own));
    String all =
        Stream.concat(others, Stream.of(own + encode(value.reveal())))
            .collect(Collectors.joining("&"));
    return URI.create(address.toString().replaceFirst("[?].*", "") + "?" + all);
  }
}
