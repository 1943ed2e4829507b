package dev.rekey.build;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.StringWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The project's Java files, and how they should be formatted. */
public final class JavaSources {
  private static final Formatter FORMATTER =
      new Formatter(
          JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build());

  private JavaSources() {}

  /** Formats every Java file of the operator below the folder that is given. */
  public static void main(String[] args) throws IOException, FormatterException {
    for (Path file : below(Path.of(args[0]))) {
      String source = Files.readString(file);
      String formatted = formatted(source);
      if (!formatted.equals(source)) {
        Files.writeString(file, formatted);
      }
    }
  }

  static List<Path> below(Path root) throws IOException {
    try (var files = Files.walk(root.resolve("operator/src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  static String formatted(String source) throws FormatterException {
    return StringWrapper.wrap(FORMATTER.formatSourceAndFixImports(source), FORMATTER);
  }
}
