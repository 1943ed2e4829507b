package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTemplateTest {
  private static final MintRequest REQUEST = new MintRequest("a-1", "rk-1", "payments", "till");

  private final ScriptedServer server = new ScriptedServer();
  private final Transports transports = new Transports();

  @AfterEach
  void stop() {
    transports.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "post", "put", "patch", "delete"})
  void everyRequestMayUseEveryMethod(String method) {
    Issuer issuer =
        issuer(
            """
            create: {METHOD: /new, key: {id: body.id, value: body.token}}
            list: {METHOD: /list, body: {all: true}, items: body.keys, item: {id: item.id},
              complete: true}
            delete: {METHOD: "/old/${key.id}"}
            verify: {METHOD: /me, auth: {bearer: {value: "${key.value}"}}}
            """
                .replace("METHOD", method));
    server.answers(200, "{\"id\": 1, \"token\": \"t\", \"keys\": []}");

    assertThat(issuer.mint(REQUEST)).isInstanceOf(MintResult.Minted.class);
    assertThat(issuer.list()).isInstanceOf(Listing.Listed.class);
    assertThat(issuer.delete(key("41"))).isInstanceOf(DeleteResult.Deleted.class);
    assertThat(issuer.verify(key("41"))).isInstanceOf(Verdict.Accepted.class);

    assertThat(server.asked())
        .extracting(it -> it.method().toLowerCase(Locale.ROOT) + " " + it.target())
        .containsExactly(method + " /new", method + " /list", method + " /old/41", method + " /me");
    assertThat(server.asked().get(1).body()).isEqualTo("{\"all\":true}");
  }

  @Test
  void formIsSentAsFormsAre() {
    server.answers(200, "{\"id\": 1, \"token\": \"t\"}");

    Issuer issuer =
        issuer(
            """
            create: {post: /keys, form: {name: "${request.label}", for: "a&b=${rotation.name} c"},
              key: {id: body.id, value: body.token}}
            """);
    issuer.mint(REQUEST);

    ScriptedServer.Asked asked = server.asked().getFirst();
    assertThat(asked.body()).isEqualTo("name=rk-1&for=a%26b%3Dtill%20c");
    assertThat(asked.headers().get("Content-Type"))
        .containsExactly("application/x-www-form-urlencoded");
    assertThat(issuer.capabilities().tracing()).isEqualTo(Tracing.LABELLED);
  }

  @Test
  void headersAreTemplatesAndMaySayWhatIsAccepted() {
    server.answers(200, "{\"id\": 1, \"token\": \"t\"}");

    issuer(
            """
            create: {post: /keys, headers: {Accept: application/vnd.x+json, X-Name:
              "${request.label}"}, key: {id: body.id, value: body.token}}
            """)
        .mint(REQUEST);

    ScriptedServer.Asked asked = server.asked().getFirst();
    assertThat(asked.headers().get("Accept")).containsExactly("application/vnd.x+json");
    assertThat(asked.headers().get("X-Name")).containsExactly("rk-1");
    assertThat(asked.authorization()).isEqualTo("Bearer admin-token-6fQ");
  }

  @Test
  void headerCannotBeginAnother() {
    MintResult result =
        issuer(
                """
                create: {post: "/keys?n=${request.label}", headers: {X-Name: "${'a\\\\r\\\\nHost: b'}"},
                  key: {id: body.id, value: body.token}}
                """)
            .mint(REQUEST);

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(result.toString()).contains("header X-Name is empty or holds what no header can");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void keyThatIsDeletedMayBeNamedInTheBody() {
    server.answers(200, "{}");

    issuer("delete: {post: /revoke, body: {ids: [\"${key.id}\"]}}").delete(key("41"));
    issuer("delete: {post: /revoke, form: {id: \"${key.id}\"}}").delete(key("41"));

    assertThat(server.asked())
        .extracting(ScriptedServer.Asked::body)
        .containsExactly("{\"ids\":[\"41\"]}", "id=41");
  }

  @Test
  void wrongOnesAreSaidWithTheirField() {
    assertThat(problems("delete: {post: /revoke, body: {ids: []}}"))
        .containsExactly(
            "spec.http.delete: does not name the key that is deleted, and could delete more than"
                + " one; write ${key.id} into its path, body or form");
    assertThat(problems("delete: {post: \"/${key.id}\", delete: \"/${key.id}\"}"))
        .containsExactly(
            "spec.http.delete: must hold exactly one of get, post, put, patch and delete");
    assertThat(
            problems(
                """
                list: {get: /keys, items: body, item: {id: item.id}, complete: true,
                  headers: {Host: a, Authorization: b, X-A: "${nothing}"}, form: {a: "${"},
                  success: "1 +"}
                """))
        .satisfiesExactly(
            it -> assertThat(it).startsWith("spec.http.list.headers.Host: is a header that Rekey"),
            it -> assertThat(it).startsWith("spec.http.list.headers.Authorization: carries a cred"),
            it -> assertThat(it).startsWith("spec.http.list.headers.X-A: `nothing` uses the unkn"),
            it -> assertThat(it).startsWith("spec.http.list.form.a: ${ at character 1 has no }"),
            it -> assertThat(it).startsWith("spec.http.list.success: `1 +` does not compile"));
    assertThat(
            problems(
                "delete: {delete: \"/${key.id}\", body: {}, form: {}, gone: status, success: a}"))
        .hasSize(3)
        .first()
        .isEqualTo("spec.http.delete.form: stands beside body; write one of them");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "200 | {\"ok\": true, \"id\": 1, \"token\": \"t\"}   | Minted",
        "200 | {\"ok\": false, \"error\": \"no room\"}     | Unclear",
        "200 | {\"error\": \"taken\"}                      | Unclear",
        "400 | {\"ok\": true, \"id\": 1, \"token\": \"t\"}   | Refused",
        "422 | {\"error\": \"taken\"}                      | Unclear",
        "422 | {\"error\": \"other\"}                      | Refused",
        "422 | not json                                    | Refused",
        "409 | {}                                          | Unclear",
        "500 | {\"ok\": true, \"id\": 1, \"token\": \"t\"}   | Unclear",
      })
  void createSucceedsOrConflictsByWhatTheAnswerSays(int status, String body, String expected) {
    server.answers(status, body);

    MintResult result =
        issuer(
                """
                create: {post: "/keys?n=${request.label}", key: {id: body.id, value: body.token}, success: body.ok,
                  conflict: body.error == 'taken'}
                """)
            .mint(REQUEST);

    assertThat(result.getClass().getSimpleName()).isEqualTo(expected);
  }

  @Test
  void conflictSaysSo() {
    server.answers(422, "{\"error\": \"taken\"}");

    MintResult result =
        issuer(
                """
                create: {post: "/keys?n=${request.label}", key: {id: body.id, value: body.token},
                  conflict: status == 422}
                """)
            .mint(REQUEST);

    assertThat(result)
        .isInstanceOfSatisfying(
            MintResult.Unclear.class,
            it -> {
              assertThat(it.fault().reason()).isEqualTo(Reason.RequestRefused);
              assertThat(it.fault().message())
                  .contains("status 422: it conflicts with something that is there already");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "200 | {\"ok\": true}         | Deleted",
        "200 | {\"ok\": false}        | Failed",
        "200 | {\"error\": \"gone\"}  | Gone",
        "400 | {\"error\": \"gone\"}  | Gone",
        "400 | {\"ok\": true}         | Failed",
        "404 | {}                   | Failed",
        "401 | {\"error\": \"gone\"}  | Failed",
        "429 | {\"error\": \"gone\"}  | Failed",
        "503 | {\"error\": \"gone\"}  | Failed",
        "200 | not json             | Failed",
      })
  void deleteIsDoneOrGoneByWhatTheAnswerSays(int status, String body, String expected) {
    server.answers(status, body);

    DeleteResult result =
        issuer("delete: {delete: \"/${key.id}\", success: body.ok, gone: body.error == 'gone'}")
            .delete(key("41"));

    assertThat(result.getClass().getSimpleName()).isEqualTo(expected);
  }

  @Test
  void listThatSaysItFailedIsNoList() {
    server.answers(200, "{\"ok\": false, \"keys\": []}");

    Listing listing =
        issuer(
                """
                list: {get: /keys, items: body.keys, item: {id: item.id}, complete: true,
                  success: body.ok}
                """)
            .list();

    assertThat(listing.toString()).contains("it is no success by spec.http.list.success");
  }

  private List<String> problems(String parts) {
    return catchThrowableOfType(IssuerProblem.class, () -> issuer(parts)).details().stream()
        .map(IssuerProblem.Detail::toString)
        .toList();
  }

  private Issuer issuer(String parts) {
    return WrittenIssuers.issuer(server, transports, parts);
  }

  private static Key key(String id) {
    return new Key(
        "attempt-1",
        Optional.of(id),
        Role.CONDEMNED,
        Map.of("value", SecretText.of("SEKRET-9x2f")),
        "…",
        Transports.NOON,
        Optional.empty(),
        Optional.of("rk-1"),
        new IssuerBinding("KeyIssuer", "payments", "till", "u-1", "a-1"),
        OptionalInt.empty(),
        Checks.NONE);
  }
}
