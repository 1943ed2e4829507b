package dev.rekey.api.v1alpha1;

/** CEL rules that several fields share, each with the sentence that says what to write instead. */
final class FieldRules {
  static final int DURATION_LENGTH = 64;
  static final String DURATION =
      "size(self) > 0 &&"
          + " self.matches('^([0-9]{1,5}d)?([0-9]{1,6}h)?([0-9]{1,8}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?$')";
  static final String DURATION_MESSAGE =
      "write a duration as whole days, hours, minutes and seconds in that order, for instance 90d,"
          + " 12h, 15m, 30s or 1h30m";

  static final String NOT_ZERO = "self == '' || self.matches('[^0dhms]')";
  static final String NOT_ZERO_MESSAGE =
      "a duration of zero is not possible here: write at least 1s";

  static final int DATE_LENGTH = 64;
  static final String DATE_PATTERN =
      "'^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
          + "|02-(0[1-9]|1[0-9]|2[0-9]))T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?"
          + "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$'";
  static final String DATE = "self.matches(" + DATE_PATTERN + ")";
  static final String DATE_MESSAGE =
      "write a date and time as in RFC 3339, with its time zone, for instance 2026-03-01T09:00:00Z";

  static final int NAME_LENGTH = 512;
  static final String NAME =
      "size(self) <= 253 &&"
          + " self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')";
  static final String NAME_MESSAGE =
      "write the name of the object: lower-case letters, digits, '-' and '.', at most 253"
          + " characters, a letter or digit at both ends, for instance messaging-admin";

  static final int DATA_KEY_LENGTH = 512;
  static final String DATA_KEY =
      "size(self) <= 253 && self.matches('^[-._a-zA-Z0-9]+$') && self != '.' &&"
          + " !self.startsWith('..')";
  static final String DATA_KEY_MESSAGE =
      "write a key of the Secret's data: letters, digits, '-', '_' and '.', at most 253 characters,"
          + " for instance token";

  static final int EXPRESSION_LENGTH = 1024;
  static final String EXPRESSION = "self.matches('\\\\S') && !self.contains('${')";
  static final String EXPRESSION_MESSAGE =
      "write a bare CEL expression without ${ }, for instance body.id";

  static final String BRACES =
      "!self.replace('$${', '').matches('[$][{][^}]*([$][{]|$)') && !self.matches('[$][{] *[}]')";
  static final String BRACES_MESSAGE =
      "close every ${ with } and put an expression between them, for instance ${key.id}; a literal"
          + " ${ is written $${";

  static final int PATH_LENGTH = 1024;
  static final String PATH = "self.matches('^/([^/#]|$)') && !self.matches('[#\\\\s]')";
  static final String PATH_MESSAGE =
      "write a path below the issuer's url: it begins with one '/' and has no host, space or"
          + " fragment, for instance /keys";

  static final String NAMES_THE_KEY = "self.matches('[$][{][^}]*key[.]')";

  static final String OF_THE_KEY_MESSAGE =
      "the value must be made of the key that is verified, for instance ${key.value}: anything else"
          + " would prove another credential";

  static final int REQUEST_NAME_LENGTH = 64;
  static final String HEADER = "self.matches('^[A-Za-z][-_A-Za-z0-9]*$')";
  static final String HEADER_MESSAGE =
      "write the name of a header, letters, digits, '-' and '_', for instance X-Api-Key";

  /** Of headers that Rekey, or the connection, sets itself. */
  static final String NOT_OURS =
      "!(self.lowerAscii() in ['accept', 'connection', 'content-length', 'content-type', 'expect',"
          + " 'host', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding',"
          + " 'upgrade', 'user-agent'])";

  static final String NOT_OURS_MESSAGE =
      "that header Rekey sets itself; name the one that the service documents for credentials, for"
          + " instance X-Api-Key or Authorization";

  static final String QUERY_NAME = "self.matches('^[-._~A-Za-z0-9]+$')";
  static final String QUERY_NAME_MESSAGE =
      "write the name of a query parameter, letters, digits, '-', '.', '_' and '~', for instance"
          + " api_key";

  static final String ONE_METHOD =
      "[has(self.get), has(self.post), has(self.put), has(self.patch),"
          + " has(self.delete)].filter(it, it).size() == 1";
  static final String ONE_METHOD_MESSAGE =
      "write exactly one of get, post, put, patch and delete with the path, for instance post:"
          + " /keys";

  static final String ONE_BODY = "!has(self.body) || !has(self.form)";
  static final String ONE_BODY_MESSAGE =
      "write body for JSON or form for a form, not both, for instance form: {name:"
          + " \"${request.label}\"}";

  static final String MAP_BRACES =
      "self.all(it, !self[it].replace('$${', '').matches('[$][{][^}]*([$][{]|$)') &&"
          + " !self[it].matches('[$][{] *[}]'))";
  static final String HEADERS =
      "self.all(it, size(it) <= 64 && it.matches('^[A-Za-z][-_A-Za-z0-9]*$'))";
  static final String HEADERS_NOT_OURS =
      "self.all(it, !(it.lowerAscii() in ['authorization', 'connection', 'content-length',"
          + " 'content-type', 'cookie', 'expect', 'host', 'keep-alive', 'proxy-authorization',"
          + " 'te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent']))";
  static final String HEADERS_NOT_OURS_MESSAGE =
      "one of these headers Rekey sets itself; a credential belongs into auth, for instance auth:"
          + " {header: {name: Authorization, ...}}; leave the others out";

  private FieldRules() {}
}
