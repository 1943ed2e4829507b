package dev.rekey.issuer;

import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Verdict;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** An issuer whose requests are counted and timed. */
public final class MeteredIssuer implements Issuer {
  private final Issuer issuer;
  private final String name;
  private final InstantSource clock;
  private final Meter meter;

  /** Hears of each request. */
  @FunctionalInterface
  public interface Meter {
    /** A request to {@code issuer} took this long; {@code outcome} is the result's type. */
    void asked(String issuer, String verb, String outcome, Duration took);
  }

  /** Counts the requests to {@code issuer} under {@code name}. */
  public MeteredIssuer(Issuer issuer, String name, InstantSource clock, Meter meter) {
    this.issuer = issuer;
    this.name = name;
    this.clock = clock;
    this.meter = meter;
  }

  @Override
  public Capabilities capabilities() {
    return issuer.capabilities();
  }

  @Override
  public Issuer askedWith(List<Key> keys) {
    return new MeteredIssuer(issuer.askedWith(keys), name, clock, meter);
  }

  @Override
  public MintResult mint(MintRequest request) {
    return metered("mint", () -> issuer.mint(request));
  }

  @Override
  public Verdict verify(Key key) {
    return metered("verify", () -> issuer.verify(key));
  }

  @Override
  public Listing list() {
    return metered("list", issuer::list);
  }

  @Override
  public DeleteResult delete(Key key) {
    return metered("delete", () -> issuer.delete(key));
  }

  private <R> R metered(String verb, Supplier<R> request) {
    var begin = clock.instant();
    R result = request.get();
    meter.asked(
        name, verb, result.getClass().getSimpleName(), Duration.between(begin, clock.instant()));
    return result;
  }
}
