package dev.rekey.cel;

import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values on their way into CEL and out of it. */
final class Values {
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger GREATEST = BigInteger.valueOf(Long.MAX_VALUE);

  /** Up to here a double tells every whole number from the next. */
  private static final double EXACT = 1L << 53;

  private Values() {}

  /** CEL does not know Java's null, and only one size of whole number. */
  static Object toCel(@Nullable Object value) {
    return switch (value) {
      case null -> NullValue.NULL_VALUE;
      case String text -> text;
      case Boolean truth -> truth;
      case Long number -> number;
      case Integer number -> number.longValue();
      case Double number -> number;
      case BigInteger number -> whole(number);
      case BigDecimal number -> number.doubleValue();
      case Instant instant -> instant;
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        list.forEach(each -> copy.add(toCel(each)));
        yield copy;
      }
      case Map<?, ?> map -> {
        Map<Object, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((key, each) -> copy.put(String.valueOf(key), toCel(each)));
        yield copy;
      }
      default -> throw new IllegalArgumentException("no value of CEL: " + value.getClass());
    };
  }

  /** A number too large for CEL may be an id: it goes on as text, with every digit. */
  private static Object whole(BigInteger number) {
    boolean fits = number.compareTo(LEAST) >= 0 && number.compareTo(GREATEST) <= 0;
    return fits ? (Object) number.longValueExact() : number.toString();
  }

  /** A value as plain Java has it, which must not be larger than {@code room}. */
  static @Nullable Object fromCel(String expression, Object value, Room room) {
    room.take(expression, 1);
    return switch (value) {
      case NullValue nothing -> null;
      case String text -> {
        room.take(expression, text.length());
        yield text;
      }
      case Boolean truth -> truth;
      case Long number -> number;
      case Double number -> number;
      case Number unsigned -> whole(new BigInteger(unsigned.toString()));
      case Instant instant -> instant;
      case List<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>(list.size());
        for (Object each : list) {
          copy.add(fromCel(expression, each, room));
        }
        yield copy;
      }
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        for (Map.Entry<?, ?> each : map.entrySet()) {
          if (!(each.getKey() instanceof String key)) {
            throw CelProblem.in(expression, "gives a map whose keys are not all text");
          }
          room.take(expression, key.length());
          copy.put(key, fromCel(expression, each.getValue(), room));
        }
        yield copy;
      }
      default ->
          throw CelProblem.in(
              expression,
              "gives something that is neither text, number, true or false, time, list nor map;"
                  + " string(...) may help");
    };
  }

  /** The text of a single value. */
  static String text(String expression, @Nullable Object value) {
    return switch (value) {
      case null -> throw CelProblem.in(expression, "gives null; expected text");
      case String text -> text;
      case Boolean truth -> truth.toString();
      case Long number -> number.toString();
      case Double number -> number(number);
      case Instant instant -> instant.toString();
      case List<?> list -> throw CelProblem.in(expression, "gives a list; expected text");
      case Map<?, ?> map -> throw CelProblem.in(expression, "gives a map; expected text");
      default -> throw CelProblem.in(expression, "does not give text");
    };
  }

  /** An id that is the number 41 is {@code 41} whatever the JSON library makes of it. */
  private static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) <= EXACT
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /** How much more may be put out. */
  static final class Room {
    private int left;

    Room(int left) {
      this.left = left;
    }

    void take(String expression, int size) {
      left -= size;
      if (left < 0) {
        throw CelProblem.in(expression, "gives more than may be put out");
      }
    }
  }
}
