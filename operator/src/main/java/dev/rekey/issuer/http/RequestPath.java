package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Scope;
import dev.rekey.cel.Template;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/**
 * The path of a request, below an issuer's url. Whatever a <code>${}</code> gives becomes one
 * segment (or one value of a query): an id such as {@code ../admin?x=} cannot lead anywhere else.
 */
final class RequestPath {
  private final String base;
  private final Template template;

  private RequestPath(String base, Template template) {
    this.base = base;
    this.template = template;
  }

  /** Compiles a path; {@code url} is an issuer's url that was found to be valid. */
  static RequestPath compile(URI url, String text, Scope scope) {
    if (!text.startsWith("/")) {
      throw CelProblem.of("does not begin with /; write the path below spec.http.url, as /keys");
    }
    Template template = Template.compile(text, scope);
    RequestPath path = new RequestPath(url.toString().replaceAll("/+$", ""), template);
    path.address(template.outline("x"));
    return path;
  }

  /** The whole address. */
  URI render(Map<String, ?> values) {
    return address(template.renderText(values, RequestPath::segment));
  }

  private URI address(String path) {
    URI address;
    try {
      address = new URI(base + path);
    } catch (URISyntaxException invalid) {
      throw CelProblem.of("is not a valid path; percent-encode what a path must not hold");
    }
    if (address.getRawFragment() != null) {
      throw CelProblem.of("holds a #, which no request carries; write %23");
    }
    for (String segment : address.getRawPath().split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        throw CelProblem.of("has a segment . or .., which leads to another path");
      }
    }
    return address;
  }

  private static String segment(String expression, String value) {
    if (value.isEmpty()) {
      throw CelProblem.in(expression, "gives empty text, which would be another path");
    }
    return Address.encode(value);
  }
}
