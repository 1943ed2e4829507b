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
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For a service that wants the account's credential in the body as well. */
class CredentialInBodyTest {
  private static final String CREDENTIAL = "admin-token-6fQ";
  private static final MintRequest REQUEST = new MintRequest("a-1", "rk-1", "payments", "till");

  private final ScriptedServer server = new ScriptedServer();
  private final Transports transports = new Transports();

  @AfterEach
  void stop() {
    transports.close();
    server.close();
  }

  @Test
  void theBodiesOfCreateListAndDeleteMayHoldIt() {
    Issuer issuer =
        issuer(
            """
            create: {post: /keys, body: {name: "${request.label}", login: {password:
              "${credential.value}"}}, key: {id: body.id, value: body.token}}
            list: {post: /list, form: {password: "${credential.value}"}, items: body.keys,
              item: {id: item.id, label: item.name}, complete: true}
            delete: {post: /gone, body: {id: "${key.id}", as: "till/${credential.value}"}}
            """);
    server.answers(200, "{\"id\": 1, \"token\": \"t\", \"keys\": []}");

    assertThat(issuer.mint(REQUEST)).isInstanceOf(MintResult.Minted.class);
    assertThat(issuer.list()).isInstanceOf(Listing.Listed.class);
    assertThat(issuer.delete(key())).isInstanceOf(DeleteResult.Deleted.class);

    assertThat(server.asked())
        .extracting(ScriptedServer.Asked::body)
        .containsExactly(
            "{\"name\":\"rk-1\",\"login\":{\"password\":\"admin-token-6fQ\"}}",
            "password=admin-token-6fQ",
            "{\"id\":\"41\",\"as\":\"till/admin-token-6fQ\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "create: {post: '/keys/${credential.value}', body: {name: '${request.label}'}, key: {id:"
            + " body.id, value: body.token}} | spec.http.create.post",
        "create: {post: '/keys?p=${credential.value}', body: {name: '${request.label}'}, key: {id:"
            + " body.id, value: body.token}} | spec.http.create.post",
        "create: {post: /keys, headers: {X-P: '${credential.value}'}, body: {name:"
            + " '${request.label}'}, key: {id: body.id, value: body.token}} |"
            + " spec.http.create.headers.X-P",
        "list: {get: '/keys?p=${credential.value}', items: body.keys, item: {id: item.id, label:"
            + " item.name}, complete: true} | spec.http.list.get",
        "delete: {delete: '/keys/${key.id}/${credential.value}'} | spec.http.delete.delete",
        "verify: {post: /me, body: {p: '${credential.value}'}, auth: {bearer: {value:"
            + " '${key.value}'}}} | spec.http.verify.body.p",
        "verify: {get: /me, auth: {bearer: {value: '${key.value}${credential.value}'}}} |"
            + " spec.http.verify.auth.bearer.value",
      })
  void nothingElseMay(String part, String path) {
    var problem = catchThrowableOfType(IssuerProblem.class, () -> issuer(part));

    assertThat(problem)
        .hasMessageContaining(path)
        .hasMessageContaining("uses the unknown name credential");
  }

  /** A session, or the key in use, is no credential that a body could hold. */
  @Test
  void whereTheKeyInUseGetsInThereIsNone() {
    var problem =
        catchThrowableOfType(
            IssuerProblem.class,
            () ->
                issuer(
                    """
                    auth: {key: {bearer: {value: "${key.value}"}}}
                    create: {post: /keys, body: {name: "${request.label}", p: "${credential.value}"},
                      key: {id: body.id, value: body.token}}
                    """));

    assertThat(problem)
        .hasMessageContaining("spec.http.create.body.p")
        .hasMessageContaining("uses the unknown name credential");
  }

  @Test
  void whatCannotBeMadeOfItIsSaidWithoutIt() {
    Issuer issuer =
        issuer(
            """
            create: {post: /keys, body: {name: "${request.label}",
              pin: "${int(credential.value)}"}, key: {id: body.id, value: body.token}}
            """);

    assertThat(issuer.mint(REQUEST))
        .isInstanceOfSatisfying(
            MintResult.Refused.class,
            it ->
                assertThat(it.fault().message())
                    .contains("spec.http.create", "int(credential.value)")
                    .doesNotContain(CREDENTIAL));
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void itPrintsAsAMask() {
    var credential = new AccountCredential(Optional.of(SecretText.of(CREDENTIAL)));

    assertThat(credential.toString()).doesNotContain(CREDENTIAL);
    assertThat(credential.beside(Map.of("key.id", "41")))
        .containsEntry("credential.value", CREDENTIAL)
        .containsEntry("key.id", "41");
  }

  private Issuer issuer(String parts) {
    return WrittenIssuers.issuer(server, transports, parts);
  }

  private static Key key() {
    return new Key(
        "attempt-1",
        Optional.of("41"),
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
