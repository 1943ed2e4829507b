package dev.rekey.config;

import java.time.Duration;
import java.util.Map;

/**
 * The operator's own configuration, all of it from environment variables.
 *
 * @param namespace {@code REKEY_NAMESPACE}: where the ledgers, the lease and the credentials of
 *     ClusterKeyIssuers are; default {@code rekey}
 * @param identity {@code REKEY_IDENTITY}: this process among its replicas; default {@code HOSTNAME}
 * @param http where metrics and probes are served
 * @param election how replicas agree on a leader
 * @param addresses where issuers may be
 * @param proxy {@code REKEY_ISSUERS_PROXY}: what requests to issuers go through; default: nothing.
 *     {@code REKEY_ISSUERS_PROXY_DECIDES} says that the proxy decides where they may go
 */
public record OperatorConfig(
    String namespace,
    String identity,
    Http http,
    Election election,
    IssuerAddresses addresses,
    IssuerProxy proxy) {

  /** One whose requests go straight to the issuers. */
  public OperatorConfig(
      String namespace, String identity, Http http, Election election, IssuerAddresses addresses) {
    this(namespace, identity, http, election, addresses, new IssuerProxy.None());
  }

  /**
   * Where metrics and probes are served.
   *
   * @param address {@code REKEY_HTTP_ADDRESS}; default {@code 0.0.0.0}
   * @param port {@code REKEY_HTTP_PORT}; default 8080; 0: any free one
   */
  public record Http(String address, int port) {}

  /**
   * How replicas agree on a leader.
   *
   * @param enabled {@code REKEY_LEADER_ELECTION}; default {@code true}. Without it, two operators
   *     in one cluster would still not corrupt a ledger, but they would do everything twice.
   * @param lease {@code REKEY_LEASE_NAME}; default {@code rekey-operator}
   * @param duration {@code REKEY_LEASE_DURATION}: how long a leader that says nothing is believed
   *     to be alive; default 15s
   * @param renewDeadline {@code REKEY_LEASE_RENEW_DEADLINE}: how long the leader tries to renew
   *     before it stops itself; default 10s
   * @param retryPeriod {@code REKEY_LEASE_RETRY_PERIOD}; default 2s
   */
  public record Election(
      boolean enabled,
      String lease,
      Duration duration,
      Duration renewDeadline,
      Duration retryPeriod) {}

  /**
   * Reads the configuration.
   *
   * @throws IllegalArgumentException naming the variable that cannot be read, and what to write
   */
  public static OperatorConfig from(Map<String, String> environment) {
    var env = new Variables(environment);
    return new OperatorConfig(
        env.text("REKEY_NAMESPACE").orElse("rekey"),
        env.text("REKEY_IDENTITY").or(() -> env.text("HOSTNAME")).orElse("rekey-operator"),
        new Http(
            env.text("REKEY_HTTP_ADDRESS").orElse("0.0.0.0"),
            env.number("REKEY_HTTP_PORT").orElse(8080)),
        new Election(
            env.truth("REKEY_LEADER_ELECTION").orElse(true),
            env.text("REKEY_LEASE_NAME").orElse("rekey-operator"),
            env.span("REKEY_LEASE_DURATION").orElse(Duration.ofSeconds(15)),
            env.span("REKEY_LEASE_RENEW_DEADLINE").orElse(Duration.ofSeconds(10)),
            env.span("REKEY_LEASE_RETRY_PERIOD").orElse(Duration.ofSeconds(2))),
        new IssuerAddresses(
            env.truth("REKEY_ISSUERS_ALLOW_PLAIN_HTTP").orElse(false),
            env.truth("REKEY_ISSUERS_ALLOW_LOOPBACK").orElse(false),
            env.truth("REKEY_ISSUERS_ALLOW_PRIVATE_NETWORKS").orElse(false)),
        env.proxy("REKEY_ISSUERS_PROXY", env.truth("REKEY_ISSUERS_PROXY_DECIDES").orElse(false)));
  }

  /** How patient Rekey is: {@link Settings#standard}, but for what these variables say. */
  public static Settings settings(Map<String, String> environment) {
    var env = new Variables(environment);
    var standard = Settings.standard();
    return new Settings(
        env.number("REKEY_ACCEPTED_IN_A_ROW").orElse(standard.acceptedInARow()),
        env.span("REKEY_VERIFY_PAUSE").orElse(standard.verifyPause()),
        env.span("REKEY_VERIFY_DEADLINE").orElse(standard.verifyDeadline()),
        env.span("REKEY_FRESHNESS").orElse(standard.freshness()),
        env.span("REKEY_LATENESS").orElse(standard.lateness()),
        env.spans("REKEY_SWEEPS").orElse(standard.sweeps()),
        env.span("REKEY_CLOCK_DOUBT").orElse(standard.clockDoubt()),
        env.span("REKEY_LOOK").orElse(standard.look()),
        env.span("REKEY_HELD_LOOK").orElse(standard.heldLook()),
        env.span("REKEY_CACHE_LAG").orElse(standard.cacheLag()),
        env.span("REKEY_UNVERIFIED_SOAK").orElse(standard.unverifiedSoak()),
        env.span("REKEY_BACKOFF").orElse(standard.backoff()),
        env.span("REKEY_BACKOFF_CEILING").orElse(standard.backoffCeiling()),
        env.span("REKEY_IDLE_LOOK").orElse(standard.idleLook()),
        env.span("REKEY_ROLLBACK_PAUSE").orElse(standard.rollbackPause()),
        env.span("REKEY_DELETION_DEADLINE").orElse(standard.deletionDeadline()),
        env.span("REKEY_KUBELET_REFRESH").orElse(standard.kubeletRefresh()),
        new Settings.AtOnce(
            env.count("REKEY_ROLLOUTS_AT_ONCE").orElse(standard.rolloutsAtOnce().cluster()),
            env.count("REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE")
                .orElse(standard.rolloutsAtOnce().namespace())),
        env.span("REKEY_WAVE").orElse(standard.wave()));
  }
}
