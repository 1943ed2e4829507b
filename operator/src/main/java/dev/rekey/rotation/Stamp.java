package dev.rekey.rotation;

import java.util.Optional;

/**
 * What a pod template, and so a pod, says about the newest publication that its containers can only
 * have started after: {@code <lineage>.<publication>}.
 */
public record Stamp(String lineage, int publication) {

  /** Reads an annotation's value; anything else than a stamp is no stamp. */
  public static Optional<Stamp> parse(String text) {
    int dot = text.lastIndexOf('.');
    if (dot < 1) {
      return Optional.empty();
    }
    try {
      int publication = Integer.parseInt(text.substring(dot + 1));
      return publication < 1
          ? Optional.empty()
          : Optional.of(new Stamp(text.substring(0, dot), publication));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  /** Whether this stamp proves a start after {@code publication} of {@code ofLineage}. */
  public boolean reaches(String ofLineage, int wanted) {
    return lineage.equals(ofLineage) && publication >= wanted;
  }

  @Override
  public String toString() {
    return lineage + "." + publication;
  }
}
