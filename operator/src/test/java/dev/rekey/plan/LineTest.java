package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.config.Settings.AtOnce;
import dev.rekey.plan.Line.Waiter;
import dev.rekey.plan.Line.Who;
import dev.rekey.rotation.Observation.Turn;
import dev.rekey.rotation.Observation.Turn.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rotations are written as namespace and number: {@code a1} is the first of namespace a. */
class LineTest {

  @ParameterizedTest(name = "{0} and {1} at once, {2} run, {3} wait: {4}")
  @CsvSource(
      delimiter = '|',
      value = {
        // whoever waits for longest, as long as there is room
        " 9 | 9 |          | a1 a2 a3          | a1 a2 a3 ",
        " 2 | 9 |          | a1 a2 a3          | a1 a2    ",
        " 9 | 2 |          | a1 a2 a3          | a1 a2    ",
        " 9 | 2 | a8       | a1 a2 a3          | a1       ",
        " 9 | 2 | a8 a9    | a1 a2             |          ",
        " 2 | 9 | a8 b9    | a1 c1             |          ",
        // more run than may, as after a leak: nobody is called, and nothing breaks
        " 1 | 1 | a7 a8 b9 | a1 c1             |          ",
        // a namespace at its most holds up no other
        " 9 | 2 | a8 a9    | a1 a2 b1          | b1       ",
        // namespaces take turns, however many wait in one
        " 3 | 9 |          | a1 a2 a3 b1       | a1 b1 a2 ",
        " 4 | 9 |          | a1 a2 a3 b1 c1    | a1 b1 c1 a2 ",
        // one of which nothing runs comes first
        " 3 | 9 | a8 a9    | a1 b1             | b1       ",
        " 4 | 9 | a8 a9 b9 | a1 b1             | b1       ",
      })
  void thoseWhoseTurnItIsAreCalledInTheirOrder(
      int cluster, int namespace, String running, String waiting, String called) {
    var line = new Line(new AtOnce(cluster, namespace), all(running), waiting(waiting), Map.of());

    assertThat(text(line.called())).isEqualTo(called == null ? "" : called);
  }

  @Test
  void whoHasHadATurnLaterComesLaterThoughItWaitsForLonger() {
    var most = new AtOnce(1, 1);

    assertThat(text(new Line(most, List.of(), waiting("a1 b1"), Map.of()).called()))
        .isEqualTo("a1");
    assertThat(text(new Line(most, List.of(), waiting("a1 b1"), Map.of("a", 1L)).called()))
        .isEqualTo("b1");
    assertThat(text(new Line(most, List.of(), waiting("a1 b1"), Map.of("a", 1L, "b", 2L)).called()))
        .isEqualTo("a1");
  }

  @Test
  void aNamespaceOfManyDoesNotKeepAnotherOneWaiting() {
    var left = new ArrayList<>(waiting("a1 a2 a3 a4 a5 b1 b2"));
    var served = new HashMap<String, Long>();
    var order = new ArrayList<Who>();
    while (!left.isEmpty()) {
      var next = new Line(new AtOnce(1, 1), List.of(), left, served).called().getFirst();
      left.removeIf(it -> it.who().equals(next));
      order.add(next);
      served.put(next.namespace(), (long) order.size());
    }

    assertThat(text(order)).isEqualTo("a1 b1 a2 b2 a3 a4 a5");
  }

  @Test
  void positionsInANamespaceCountThatNamespaceAlone() {
    var line = new Line(new AtOnce(50, 2), all("a8 a9"), waiting("a1 b1 a2 a3 b2 a4"), Map.of());

    assertThat(line.turnOf(who("a3"))).isEqualTo(new Turn.Waiting(3, 4, 2, 2, Scope.NAMESPACE));
    assertThat(line.turnOf(who("b2"))).isEqualTo(new Turn.Granted());
  }

  @Test
  void positionsInTheClusterCountThoseWhoseNamespacesLetThem() {
    var line = new Line(new AtOnce(3, 2), all("a8 a9 b9"), waiting("a1 b1 b2 c1 c2"), Map.of());

    assertThat(line.turnOf(who("c1"))).isEqualTo(new Turn.Waiting(1, 4, 3, 3, Scope.CLUSTER));
    assertThat(line.turnOf(who("b1"))).isEqualTo(new Turn.Waiting(2, 4, 3, 3, Scope.CLUSTER));
    assertThat(line.turnOf(who("c2"))).isEqualTo(new Turn.Waiting(3, 4, 3, 3, Scope.CLUSTER));
    assertThat(line.turnOf(who("a1"))).isEqualTo(new Turn.Waiting(1, 1, 2, 2, Scope.NAMESPACE));
  }

  @Test
  void aPlaceThatIsFreeIsKeptForWhoeverIsFirst() {
    var line = new Line(new AtOnce(50, 2), all("a9"), waiting("a1 a2"), Map.of());

    assertThat(line.turnOf(who("a1"))).isEqualTo(new Turn.Granted());
    assertThat(line.turnOf(who("a2"))).isEqualTo(new Turn.Waiting(1, 1, 2, 2, Scope.NAMESPACE));
  }

  @Test
  void whoeverHasBegunComesBeforeThoseThatHaveWaitedForLonger() {
    var line =
        new Line(
            new AtOnce(50, 2),
            all("a8 a9"),
            List.of(
                new Waiter(who("a1"), asked(false, 0)),
                new Waiter(who("a2"), asked(true, 60)),
                new Waiter(who("a3"), asked(true, 30))),
            Map.of());

    assertThat(line.turnOf(who("a3"))).isEqualTo(new Turn.Waiting(1, 3, 2, 2, Scope.NAMESPACE));
    assertThat(line.turnOf(who("a2"))).isEqualTo(new Turn.Waiting(2, 3, 2, 2, Scope.NAMESPACE));
    assertThat(line.turnOf(who("a1"))).isEqualTo(new Turn.Waiting(3, 3, 2, 2, Scope.NAMESPACE));
  }

  private static Who who(String text) {
    return new Who(text.substring(0, 1), text.substring(1));
  }

  private static List<Who> all(String text) {
    return text == null ? List.of() : Arrays.stream(text.split(" ")).map(LineTest::who).toList();
  }

  /** Each of them waits for a second less than the one before. */
  private static List<Waiter> waiting(String text) {
    var waiting = new ArrayList<Waiter>();
    for (var who : all(text)) {
      waiting.addFirst(new Waiter(who, asked(false, waiting.size())));
    }
    return waiting;
  }

  private static Place.Asked asked(boolean begun, int secondsLater) {
    return new Place.Asked(begun, Given.NOW.plusSeconds(secondsLater));
  }

  private static String text(List<Who> all) {
    return all.stream().map(it -> it.namespace() + it.secret()).collect(Collectors.joining(" "));
  }
}
