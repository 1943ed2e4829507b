package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.rotation.Listing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {
  private final ScriptedServer server = new ScriptedServer();
  private final Transports transports = new Transports();

  @AfterEach
  void stop() {
    transports.close();
    server.close();
  }

  @Test
  void linkHeaderIsFollowedToTheEnd() {
    server.plays(exchange -> {
      int page = page(exchange);
      if (page < 3) {
        exchange
            .getResponseHeaders()
            .set(
                "Link",
                "<"
                    + server.url()
                    + "/keys?page=1>; rel=\"first\", <"
                    + server.url()
                    + "/keys?page="
                    + (page + 1)
                    + ">; rel=\"next\"");
      }
      answer(exchange, "{\"keys\": [{\"id\": " + page + "}]}");
    });

    assertThat(list("{linkHeader: true}")).isEqualTo(listed(true, "1", "2", "3"));
    assertThat(server.asked())
        .extracting(ScriptedServer.Asked::target)
        .containsExactly("/keys", "/keys?page=2", "/keys?page=3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{address: body.next}",
        "{address: \"'?page=' + body.cursor\"}",
        "{cursor: body.cursor, parameter: page}",
        "{cursor: \"page < 3 ? string(page + 1) : ''\", parameter: page}",
      })
  void addressOrCursorIsFollowedToTheEnd(String next) {
    server.plays(exchange -> {
      int page = page(exchange);
      String more =
          page < 3
              ? ", \"next\": \"/keys?page=" + (page + 1) + "\", \"cursor\": \"" + (page + 1) + "\""
              : ", \"next\": null";
      answer(exchange, "{\"keys\": [{\"id\": " + page + "}]" + more + "}");
    });

    assertThat(list(next)).isEqualTo(listed(true, "1", "2", "3"));
    assertThat(server.asked())
        .extracting(ScriptedServer.Asked::target)
        .containsExactly("/keys", "/keys?page=2", "/keys?page=3");
  }

  @Test
  void listBeyondTheBoundIsNotComplete() {
    server.plays(exchange -> answer(exchange, "{\"keys\": [{\"id\": " + page(exchange) + "}]}"));

    assertThat(list("{cursor: string(page + 1), parameter: page, maxPages: 2}"))
        .isEqualTo(listed(false, "1", "2"));
    assertThat(server.asked()).hasSize(2);
    list("{cursor: string(page + 1), parameter: page}");
    assertThat(server.asked()).hasSize(2 + 50);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/keys?SEKRET",
        "http://127.0.0.1:1/keys?SEKRET",
        "http://localhost/SEKRET",
        "//elsewhere.example/SEKRET",
        "http://a:SEKRET@127.0.0.1/",
        "mailto:SEKRET",
      })
  void credentialGoesToNoOtherAddress(String address) {
    server.answers(200, "{\"keys\": [], \"next\": \"" + address + "\"}");

    assertThat(failure("{address: body.next}"))
        .contains("another scheme, host or port than spec.http.url")
        .doesNotContain("SEKRET");
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void loopIsNoticed() {
    server.answers(200, "{\"keys\": [], \"next\": \"/keys?a=b\"}");

    assertThat(failure("{address: body.next}")).contains("leads to a page that was read already");
    assertThat(server.asked()).hasSize(2);
  }

  @Test
  void pageThatFailsSpoilsTheList() {
    server.plays(exchange -> {
      if (page(exchange) == 2) {
        exchange.sendResponseHeaders(500, -1);
      } else {
        answer(exchange, "{\"keys\": [{\"id\": 1}]}");
      }
    });

    assertThat(failure("{cursor: string(page + 1), parameter: page}")).contains("status 500");
    server.answers(200, "{\"keys\": [], \"next\": [1]}");
    assertThat(failure("{address: body.next}"))
        .contains("spec.http.list.next: `body.next` gives a list; expected text");
  }

  @Test
  void wrongOnesAreSaidWithTheirField() {
    assertThat(problems("{}"))
        .containsExactly(
            "spec.http.list.next: must hold exactly one of linkHeader: true, address and cursor");
    assertThat(problems("{linkHeader: true, address: body.next, maxPages: 1001}"))
        .containsExactly(
            "spec.http.list.next.maxPages: is not between 1 and 1000",
            "spec.http.list.next: must hold exactly one of linkHeader: true, address and cursor");
    assertThat(problems("{cursor: body.next}"))
        .containsExactly("spec.http.list.next: must hold cursor and parameter together");
    assertThat(problems("{address: item.next}"))
        .containsExactly(
            "spec.http.list.next.address: `item.next` uses the unknown name item; known are body,"
                + " headers, page, status");
  }

  private List<String> problems(String next) {
    return catchThrowableOfType(IssuerProblem.class, () -> list(next)).details().stream()
        .map(IssuerProblem.Detail::toString)
        .toList();
  }

  private String failure(String next) {
    Listing listing = list(next);
    assertThat(listing).isInstanceOf(Listing.Failed.class);
    return ((Listing.Failed) listing).fault().message();
  }

  private Listing list(String next) {
    return WrittenIssuers.issuer(
            server,
            transports,
            "list: {get: /keys, items: body.keys, item: {id: item.id}, complete: true, next: "
                + next
                + "}")
        .list();
  }

  private static Listing listed(boolean complete, String... ids) {
    return new Listing.Listed(
        Arrays.stream(ids)
            .map(it -> new Listing.ListedKey(it, "", Optional.empty(), Optional.empty()))
            .toList(),
        complete);
  }

  private static int page(HttpExchange exchange) {
    String query = exchange.getRequestURI().getQuery();
    return query == null || !query.startsWith("page=") ? 1 : Integer.parseInt(query.substring(5));
  }

  private static void answer(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
