package dev.rekey.issuer.http;

import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.IssuerProxy;
import dev.rekey.config.Settings;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.rotation.SecretText;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A transport for one test, which may speak plain http to loopback addresses. */
final class Transports implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final IssuerAddresses LOOPBACK = new IssuerAddresses(true, true, false);

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpTransport transport;

  Transports() {
    this(new AddressPolicy(LOOPBACK, new IssuerProxy.None()));
  }

  Transports(AddressPolicy policy) {
    this(policy, InstantSource.fixed(NOON));
  }

  Transports(AddressPolicy policy, InstantSource clock) {
    this.transport = new HttpTransport(policy, executor, clock, Settings.standard());
  }

  HttpTransport transport() {
    return transport;
  }

  static CredentialSource credential(String token) {
    return () -> new CredentialSource.Credential.Found(SecretText.of(token));
  }

  @Override
  public void close() {
    transport.close();
    executor.shutdownNow();
  }
}
