package dev.rekey.endtoend;

import dev.rekey.keyservice.LogEntry.What;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file of {@code judged/}: resources that the API server accepts, what the operator says of the
 * ApiKeyRotation {@code example} among them, and how it is mended.
 *
 * @param reason the condition's reason
 * @param message what its message contains
 * @param asks what the issuer may be asked for all the same
 * @param before what is applied first, and is well
 * @param resources what is judged
 * @param deleted kind and name of what is deleted to mend it
 * @param mended what is applied to mend it, the fields alone that are mended
 */
record JudgedCase(
    String reason,
    String message,
    Set<What> asks,
    List<GenericKubernetesResource> before,
    List<GenericKubernetesResource> resources,
    List<String> deleted,
    List<GenericKubernetesResource> mended) {
  private static final Pattern NEXT = Pattern.compile("(?m)^--- # once first is ready\n");
  private static final Pattern MENDED = Pattern.compile("(?m)^--- # mended\n");
  private static final Pattern DOCUMENT = Pattern.compile("(?m)^---\n");
  private static final String DELETE = "delete ";

  /**
   * Reads a file.
   *
   * @param names puts the names of this run in the place of the file's
   */
  static JudgedCase read(Path file, UnaryOperator<String> names) throws IOException {
    var text = names.apply(Files.readString(file));
    var andMended = MENDED.split(text, 2);
    var steps = NEXT.split(andMended[0], 2);
    var mend = comment(text, "mend");
    return new JudgedCase(
        comment(text, "reason"),
        comment(text, "message"),
        Arrays.stream(comment(text, "asks").split(","))
            .filter(it -> !it.isEmpty())
            .map(What::valueOf)
            .collect(Collectors.toUnmodifiableSet()),
        steps.length == 1 ? List.of() : documents(steps[0]),
        documents(steps[steps.length - 1]),
        mend.startsWith(DELETE) ? List.of(mend.substring(DELETE.length()).split(" ")) : List.of(),
        andMended.length == 1 ? List.of() : documents(andMended[1]));
  }

  private static List<GenericKubernetesResource> documents(String text) {
    return DOCUMENT
        .splitAsStream(text)
        .map(it -> Serialization.unmarshal(it, GenericKubernetesResource.class))
        .toList();
  }

  private static String comment(String text, String name) {
    var begin = "# " + name + ": ";
    return text.lines()
        .filter(it -> it.startsWith(begin))
        .map(it -> it.substring(begin.length()).strip())
        .findFirst()
        .orElse("");
  }
}
