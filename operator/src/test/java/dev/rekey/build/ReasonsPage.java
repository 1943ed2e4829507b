package dev.rekey.build;

import dev.rekey.rotation.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code docs/reasons.md} from the enum: what each word means and what to do. */
public final class ReasonsPage {
  private ReasonsPage() {}

  /** Writes the page below the root of the repository. */
  public static void main(String[] arguments) throws IOException {
    Files.writeString(page(Path.of(arguments[0])), text());
  }

  static Path page(Path root) {
    return root.resolve("docs/reasons.md");
  }

  static String text() {
    var text =
        new StringBuilder(
            """
            # Reasons

            The word in a condition's `reason`, in an Event, in a log line's `reason` and in `rekey_steps_total`, in the order of a rotation. `./mvnw -q -Pcrds`
            writes this page.

            | reason | phase | needs a person to know | what it means, and what to do |
            |---|---|---|---|
            """);
    for (var reason : Reason.values()) {
      text.append("| `")
          .append(reason.name())
          .append("` | ")
          .append(reason.phase())
          .append(" | ")
          .append(
              switch (reason.mood()) {
                case WELL, BUSY -> "no";
                case WARNING -> "yes: Warned is True";
                case TROUBLE -> "yes: Ready is False";
              })
          .append(" | ")
          .append(reason.sentence())
          .append(" |\n");
    }
    return text.toString();
  }
}
