package dev.rekey.testissuers;

import static org.awaitility.Awaitility.await;

import dev.rekey.testissuers.RunningService.Command;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;

/** A Verdaccio with one user, whose tokens are the keys. */
public final class Verdaccio implements AutoCloseable {
  private static final String TOKENS = "/-/npm/v1/tokens";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final RunningService service;
  private final String account;
  private final String password = UUID.randomUUID().toString();

  private Verdaccio(RunningService service, String account) {
    this.service = service;
    this.account = account;
  }

  /**
   * Starts one whose user is {@code account}.
   *
   * @param more further lines of its configuration
   */
  public static Verdaccio start(Installation installation, String account, String more)
      throws IOException {
    var service =
        RunningService.start(
            "verdaccio",
            (folder, port) -> {
              var config =
                  Files.writeString(
                      folder.resolve("config.yaml"),
                      Files.readString(Installation.source("verdaccio.yaml")) + more + "\n");
              return new Command(
                  List.of(
                      installation.node().toString(),
                      installation.verdaccio().toString(),
                      "--config",
                      config.toString(),
                      "--listen",
                      "127.0.0.1:" + port),
                  Map.of());
            },
            "/-/ping");
    var verdaccio = new Verdaccio(service, account);
    verdaccio.signUp();
    return verdaccio;
  }

  private void signUp() {
    var body = "{\"name\": \"%s\", \"password\": \"%s\"}".formatted(account, password);
    var answer = service.ask("PUT", "/-/user/org.couchdb.user:" + account, user(), body);
    if (answer.status() != 201) {
      service.close();
      throw new IllegalStateException("the user was not taken: " + answer.status());
    }
  }

  /** Where it is, past every fault. */
  public URI url() {
    return service.url();
  }

  /** What the user signs in with, and what makes tokens. */
  public String password() {
    return password;
  }

  /** Makes a token, as a person does. */
  public MadeKey mint() {
    var body =
        "{\"password\": \"%s\", \"readonly\": false, \"cidr_whitelist\": []}".formatted(password);
    var made = service.ask("POST", TOKENS, user(), body).body();
    return new MadeKey(made.path("key").asText(), made.path("token").asText());
  }

  /** The ids of the user's tokens, as soon as it allows to be asked. */
  public List<String> ids() {
    var listed =
        await()
            .atMost(PATIENCE)
            .until(() -> service.ask("GET", TOKENS, user(), ""), it -> it.status() == 200)
            .body()
            .path("objects");
    return StreamSupport.stream(listed.spliterator(), false)
        .map(it -> it.path("key").asText())
        .toList();
  }

  /** The status with which it answers whoever shows this token. */
  public int shown(String token) {
    return service.ask("GET", "/-/whoami", "Bearer " + token, "").status();
  }

  private String user() {
    var pair = (account + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  @Override
  public void close() {
    service.close();
  }
}
