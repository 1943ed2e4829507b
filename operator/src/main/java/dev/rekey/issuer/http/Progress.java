package dev.rekey.issuer.http;

import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * How far an exchange has come. Whoever waits for it and whoever carries it out agree here, once,
 * on whether its request was sent: after {@link #giveUp} none is sent any more that was not.
 */
final class Progress {
  private Stage stage = Stage.QUEUED;
  private boolean over;
  private @Nullable Socket socket;

  /** The stages of an exchange, in their order. Until the last one nothing was sent. */
  enum Stage {
    /** It waits until fewer requests are under way. */
    QUEUED,
    /** The name is being resolved. */
    RESOLVING,
    /** A connection is being made. */
    CONNECTING,
    /** TLS is being agreed on. */
    SECURING,
    /** The request is on its way, or its answer. */
    SENDING
  }

  /** Nobody waits for it any more. */
  static final class GivenUp extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** The next stage has begun. */
  synchronized void reach(Stage next) throws GivenUp {
    if (over) {
      throw new GivenUp();
    }
    stage = next;
  }

  synchronized Stage stage() {
    return stage;
  }

  /** This is what it speaks through now. */
  synchronized void own(Socket opened) throws IOException {
    if (over) {
      opened.close();
      throw new GivenUp();
    }
    socket = opened;
  }

  /** Ends it wherever it is, and tells how far it had come. */
  synchronized Stage giveUp() {
    over = true;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException gone) {
        // a connection that cannot be closed is gone as well
      }
    }
    return stage;
  }
}
