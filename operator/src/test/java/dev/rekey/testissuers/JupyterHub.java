package dev.rekey.testissuers;

import dev.rekey.testissuers.RunningService.Command;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;

/** A JupyterHub: its API alone, with one user whose tokens are the keys. */
public final class JupyterHub implements AutoCloseable {
  private final RunningService service;
  private final String account;
  private final String adminToken;

  private JupyterHub(RunningService service, String account, String adminToken) {
    this.service = service;
    this.account = account;
    this.adminToken = adminToken;
  }

  /** Starts one whose user is {@code account}. */
  public static JupyterHub start(Installation installation, String account) throws IOException {
    var adminToken = UUID.randomUUID().toString().replace("-", "");
    var service =
        RunningService.start(
            "jupyterhub",
            (folder, port) ->
                new Command(
                    List.of(
                        "python3",
                        "-m",
                        "jupyterhub",
                        "--config",
                        Installation.source("jupyterhub_config.py").toString()),
                    Map.of(
                        "PYTHONPATH",
                        installation.pythonPath().toString(),
                        "TESTISSUERS_ACCOUNT",
                        account,
                        "TESTISSUERS_PORT",
                        Integer.toString(port),
                        "TESTISSUERS_TOKEN",
                        adminToken)),
            "/hub/api/");
    return new JupyterHub(service, account, adminToken);
  }

  /** Where it is, past every fault. */
  public URI url() {
    return service.url();
  }

  /** May make, list and delete the user's tokens, and nothing else. */
  public String adminToken() {
    return adminToken;
  }

  /** Makes a token, as a person did {@code age} ago. */
  public MadeKey mint(String note, Duration age) throws IOException {
    var made = service.ask("POST", tokens(), admin(), "{\"note\": \"" + note + "\"}").body();
    var key = new MadeKey(made.path("id").asText(), made.path("token").asText());
    // it dates tokens itself, and its ids are the letter a and a number of its database
    service.run(
        "python3",
        "-c",
        """
        import sqlite3, sys
        with sqlite3.connect("hub.sqlite", timeout=30) as hub:
            hub.execute("UPDATE api_tokens SET created = datetime('now', ?) WHERE id = ?", sys.argv[1:])
        """,
        "-" + age.toSeconds() + " seconds",
        key.id().substring(1));
    return key;
  }

  /** The ids of the user's tokens. */
  public List<String> ids() {
    var listed = service.ask("GET", tokens(), admin(), "").body().path("api_tokens");
    return StreamSupport.stream(listed.spliterator(), false)
        .map(it -> it.path("id").asText())
        .toList();
  }

  /** The status with which it answers whoever shows this token. */
  public int shown(String token) {
    return service.ask("GET", "/hub/api/user", "Bearer " + token, "").status();
  }

  private String tokens() {
    return "/hub/api/users/" + account + "/tokens";
  }

  private String admin() {
    return "Bearer " + adminToken;
  }

  @Override
  public void close() {
    service.close();
  }
}
