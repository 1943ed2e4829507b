package dev.rekey.issuer.manual;

import dev.rekey.issuer.http.Dates;
import dev.rekey.rotation.Fingerprint;
import dev.rekey.rotation.Inbox;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.SecretText;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** What a person has put into an inbox: read, and judged before anybody is asked about it. */
public sealed interface InboxEntry {
  /** Longer than any id or label that is shown to people. */
  int LONGEST = 253;

  /** A key that takes more bytes than this is none; the ledger holds it more than once. */
  int LARGEST = 16 * 1024;

  /** Stands at the beginning of files that some editors write. */
  int BYTE_ORDER_MARK = 0xFEFF;

  /** Stands where something could not be read before. */
  int UNREADABLE = 0xFFFD;

  /**
   * A key.
   *
   * @param value the key itself
   * @param id what people call it at the dashboard, where they have said it
   * @param label its label, where it is not the one that was asked for
   * @param expiresAt until when it works
   */
  record Brought(
      SecretText value, Optional<String> id, Optional<String> label, Optional<Instant> expiresAt)
      implements InboxEntry {}

  /** Nothing that can be taken in, and why, without anything of what is there. */
  record Unusable(String why) implements InboxEntry {}

  /** Whether a person has made this Secret for keys, and it is not on its way out. */
  static boolean isInbox(Secret secret) {
    var labels = secret.getMetadata().getLabels();
    return labels != null
        && "true".equals(labels.get(Names.INBOX_LABEL))
        // somebody may keep it from going, who is not waited for
        && secret.getMetadata().getDeletionTimestamp() == null;
  }

  /** What a decision needs to know of it. */
  static Inbox seen(Secret secret) {
    var meta = secret.getMetadata();
    return new Inbox(
        meta.getUid() + "/" + meta.getResourceVersion(),
        Fingerprint.of(Names.INBOX_LABEL + "=" + text(secret, "value").orElse("")));
  }

  /** Reads it at {@code now}. */
  static InboxEntry read(Secret secret, Instant now) {
    var value = text(secret, "value");
    var id = text(secret, "id");
    var label = text(secret, "label");
    var written = text(secret, "expiresAt");
    var expiresAt = written.flatMap(Dates::read);
    if (value.isEmpty()) {
      return new Unusable("it has no data key value with the key in it");
    }
    if (isNoText(secret)) {
      return new Unusable(
          "value is no text in UTF-8, or holds what no key does, or is longer than "
              + LARGEST
              + " bytes; write the key and nothing else, as kubectl create secret generic does with"
              + " --from-literal");
    }
    if (shows(id, value.get()) || shows(label, value.get())) {
      return new Unusable(
          "what stands under id or label is the key or most of it, and those are shown; write the"
              + " last five characters at most");
    }
    if (isTooLong(id) || isTooLong(label)) {
      return new Unusable("id and label have at most " + LONGEST + " characters in one line");
    }
    if (written.isPresent() && expiresAt.isEmpty()) {
      return new Unusable("expiresAt is no date; write one as 2027-03-01");
    }
    if (expiresAt.filter(it -> !it.isAfter(now)).isPresent()) {
      return new Unusable("expiresAt is over; make a key that works from now on");
    }
    return new Brought(SecretText.of(value.get()), id, label, expiresAt);
  }

  /** It is given on as it is, and what is broken on the way to here is nowhere whole any more. */
  private static boolean isNoText(Secret secret) {
    var bytes = Base64.getDecoder().decode(secret.getData().get("value"));
    if (bytes.length > LARGEST) {
      return true;
    }
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.codePoints()
          .anyMatch(it ->
              it == BYTE_ORDER_MARK
                  || it == UNREADABLE
                  || (Character.isISOControl(it) && !Character.isWhitespace(it)));
    } catch (CharacterCodingException notUtf8) {
      return true;
    }
  }

  private static boolean shows(Optional<String> text, String value) {
    return text.filter(it -> it.contains(value) || (it.length() > 5 && value.contains(it)))
        .isPresent();
  }

  private static boolean isTooLong(Optional<String> text) {
    return text.filter(it -> it.length() > LONGEST || it.lines().count() > 1).isPresent();
  }

  /** White space around it is left out: a file ends with a line break. */
  private static Optional<String> text(Secret secret, String key) {
    return Optional.ofNullable(secret.getData())
        .flatMap(it -> Optional.ofNullable(it.get(key)))
        .map(it -> new String(Base64.getDecoder().decode(it), StandardCharsets.UTF_8).strip())
        .filter(it -> !it.isEmpty());
  }
}
