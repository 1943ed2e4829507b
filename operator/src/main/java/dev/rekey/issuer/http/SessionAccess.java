package dev.rekey.issuer.http;

import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A session, kept until shortly before it ends, or until it is refused. It is in memory alone, and
 * belongs to the credential that it was asked for with. Whoever needs one while it is asked for
 * gets what comes of that: it is asked for once for all.
 */
final class SessionAccess implements Access {
  /** So long a session is used whose service does not say how long it is good. */
  static final Duration UNSAID = Duration.ofMinutes(5);

  /** So long before its end no request begins with it, or a quarter of a shorter life. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private static final Duration LONGEST = Duration.ofDays(1);

  private final CredentialSource source;
  private final Function<Credential.Found, SessionRequest.Asked> request;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Session> kept = Optional.empty();
  private Optional<Asking> asking = Optional.empty();

  /** Prints no session: authentications are masked. */
  private record Session(Credential.Found of, Authentication authentication, Instant until) {}

  /** One request for all who need what comes of it. */
  private record Asking(Credential.Found with, CompletableFuture<Pass> result) {}

  SessionAccess(
      CredentialSource source,
      Function<Credential.Found, SessionRequest.Asked> request,
      InstantSource clock) {
    this.source = source;
    this.request = request;
    this.clock = clock;
  }

  @Override
  public Pass enter(Optional<Key> about) {
    return switch (source.read()) {
      case Credential.Missing(String message) -> CredentialAccess.missing(message);
      case Credential.Found found -> {
        var pass = session(found);
        if (isRefused(pass)
            && source.readAgain() instanceof Credential.Found now
            && !now.equals(found)) {
          // it was rotated since it was read
          pass = session(now);
        }
        // asking takes a while: whoever may not ask any more is told so here
        source.read();
        yield pass;
      }
    };
  }

  private static boolean isRefused(Pass pass) {
    return pass instanceof Pass.Denied(Fault fault) && fault.reason() == Reason.CredentialRefused;
  }

  @Override
  public Supplier<Pass> refused(Pass.Given given) {
    locked(() -> {
      // another request may have got a newer one meanwhile, which stays
      kept = kept.filter(it -> !it.authentication().equals(given.authentication()));
      return kept;
    });
    source.readAgain();
    return () -> enter(Optional.empty());
  }

  private Pass session(Credential.Found credential) {
    var mine = new Asking(credential, new CompletableFuture<>());
    Supplier<Pass> next =
        locked(() -> {
          kept =
              kept.filter(it -> it.of().equals(credential))
                  .filter(it -> clock.instant().isBefore(it.until()));
          if (kept.isPresent()) {
            var pass = new Pass.Given(kept.get().authentication());
            return () -> pass;
          }
          var others = asking.filter(it -> it.with().equals(credential));
          if (others.isPresent()) {
            return others.get().result()::join;
          }
          asking = Optional.of(mine);
          return () -> ask(mine);
        });
    return next.get();
  }

  private Pass ask(Asking mine) {
    Pass pass = new Pass.Denied(Fault.of(Reason.IssuerUnreachable, "Asking was broken off."));
    Optional<Session> opened = Optional.empty();
    try {
      var askedAt = clock.instant();
      switch (request.apply(mine.with())) {
        case SessionRequest.Asked.Failed(Fault fault) -> pass = new Pass.Denied(fault);
        case SessionRequest.Asked.Opened(Authentication authentication, var life) -> {
          pass = new Pass.Given(authentication);
          opened = Optional.of(new Session(mine.with(), authentication, askedAt.plus(used(life))));
        }
      }
      return pass;
    } finally {
      var session = opened;
      locked(() -> {
        kept = session.or(() -> kept);
        asking = asking.filter(it -> !it.result().equals(mine.result()));
        return kept;
      });
      mine.result().complete(pass);
    }
  }

  /** How long a session of this life is used. */
  private static Duration used(Optional<Duration> life) {
    if (life.isEmpty()) {
      return UNSAID;
    }
    var whole = life.get().compareTo(LONGEST) > 0 ? LONGEST : life.get();
    var quarter = whole.dividedBy(4);
    return whole.minus(quarter.compareTo(MARGIN) > 0 ? MARGIN : quarter);
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
