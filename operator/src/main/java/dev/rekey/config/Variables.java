package dev.rekey.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Environment variables, read with sentences that name the one that is wrong. */
record Variables(Map<String, String> environment) {

  Optional<String> text(String name) {
    return Optional.ofNullable(environment.get(name)).filter(it -> !it.isBlank());
  }

  Optional<Integer> number(String name) {
    return read(name, "a whole number such as 8080", Integer::valueOf);
  }

  /** A number of things of which there is at least one. */
  Optional<Integer> count(String name) {
    return read(
        name,
        "a whole number, 1 or more",
        it -> {
          int number = Integer.parseInt(it);
          if (number < 1) {
            throw new IllegalArgumentException(it);
          }
          return number;
        });
  }

  Optional<Boolean> truth(String name) {
    return read(
        name,
        "true or false",
        it ->
            switch (it) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException(it);
            });
  }

  Optional<Duration> span(String name) {
    return read(name, "a duration such as 15s", Spans::parse);
  }

  Optional<List<Duration>> spans(String name) {
    return read(
        name,
        "durations such as 0s,10s,1m",
        it -> Arrays.stream(it.split(",")).map(String::strip).map(Spans::parse).toList());
  }

  /** A proxy; what is written is not repeated, since people write passwords there. */
  IssuerProxy proxy(String name, boolean decides) {
    try {
      return text(name).map(it -> IssuerProxy.parse(it, decides)).orElseGet(IssuerProxy.None::new);
    } catch (IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          name
              + " is not the address of a proxy; write http://, its host and its port, and no user"
              + " or password, as http://proxy.example.com:3128",
          unreadable);
    }
  }

  private <T> Optional<T> read(String name, String expected, Function<String, T> reader) {
    return text(name)
        .map(it -> {
          try {
            return reader.apply(it);
          } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException(
                name + " is \"" + it + "\"; write " + expected, unreadable);
          }
        });
  }
}
