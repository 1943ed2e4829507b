package dev.rekey.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** The story of one life as a person would read it. Words are only made where somebody listens. */
final class Chronicle {
  private static final int LONGEST = 20_000;

  private static final int REMEMBERED = 4;

  private final boolean kept;
  private final List<String> lines = new ArrayList<>();

  /** What was told last: whoever waits says the same again and again. */
  private final Deque<String> recent = new ArrayDeque<>();

  private Instant begin = Instant.EPOCH;
  private int repeated;

  private Chronicle(boolean kept) {
    this.kept = kept;
  }

  /** Nobody will read it. */
  static Chronicle unread() {
    return new Chronicle(false);
  }

  /** It is kept for a reader. */
  static Chronicle kept() {
    return new Chronicle(true);
  }

  boolean isKept() {
    return kept;
  }

  void begins(Instant at) {
    begin = at;
  }

  /** {@code who} did {@code what}. */
  void tell(Instant at, String who, Supplier<String> what) {
    if (!kept) {
      return;
    }
    var words = what.get();
    if (recent.contains(who + words)) {
      repeated++;
      return;
    }
    if (repeated > 0) {
      lines.add("                   ... and the same, " + repeated + " lines more");
      repeated = 0;
    }
    recent.addLast(who + words);
    if (recent.size() > REMEMBERED) {
      recent.removeFirst();
    }
    var since = Duration.between(begin, at);
    lines.add(
        "%3dd %02d:%02d:%02d.%03d  %-8s %s"
            .formatted(
                since.toDays(),
                since.toHoursPart(),
                since.toMinutesPart(),
                since.toSecondsPart(),
                since.toMillisPart(),
                who,
                words));
  }

  /** All of it, or its end where it is too long. */
  List<String> lines() {
    return lines.size() > LONGEST ? lines.subList(lines.size() - LONGEST, lines.size()) : lines;
  }
}
