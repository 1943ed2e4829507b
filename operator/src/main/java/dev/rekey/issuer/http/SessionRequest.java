package dev.rekey.issuer.http;

import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.rotation.Fault;
import java.time.Duration;
import java.util.Optional;

/** Asks for a session, which is what later requests carry: a token, or what a login gives. */
interface SessionRequest {

  /** What came of it. */
  sealed interface Asked {
    /**
     * There is a session.
     *
     * @param life how long it is good from now on; absent where the service does not say
     */
    record Opened(Authentication authentication, Optional<Duration> life) implements Asked {}

    /** There is none. */
    record Failed(Fault fault) implements Asked {}
  }

  /** One request. It may be repeated: a session that nobody uses ends by itself. */
  Asked ask(Credential.Found credential, SecuredTransport transport, Duration timeout);
}
