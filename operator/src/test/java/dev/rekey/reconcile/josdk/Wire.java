package dev.rekey.reconcile.josdk;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The wire to the API server, which can be cut and mended. */
final class Wire implements AutoCloseable {
  /** What a cut wire is like for those who use it. */
  enum Cut {
    /** Connections break, and new ones are refused. */
    REFUSING,
    /** Nothing arrives any more, but nothing breaks either. */
    SILENT
  }

  private final int to;
  private final int port;

  /** Bound to the port and never used: nobody else gets the port while the door is shut. */
  private final Socket place = new Socket();

  private final Set<Socket> open = new HashSet<>();
  private @Nullable ServerSocket door;
  private boolean silent;

  Wire(int to) {
    this.to = to;
    this.port = listen(0);
    try {
      place.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      place.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  synchronized void cut(Cut how) {
    if (how == Cut.SILENT) {
      silent = true;
    } else {
      shut();
    }
  }

  /** Mends the wire. What was connected while it was silent breaks. */
  synchronized void mend() {
    shut();
    silent = false;
    notifyAll();
    listen(port);
  }

  private synchronized int listen(int wanted) {
    try {
      var opened = new ServerSocket();
      opened.setReuseAddress(true);
      opened.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      door = opened;
      Thread.ofVirtual().start(() -> accept(opened));
      return opened.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void shut() {
    close(door);
    door = null;
    open.forEach(Wire::close);
    open.clear();
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        var near = from.accept();
        var far = new Socket(InetAddress.getLoopbackAddress(), to);
        synchronized (this) {
          open.add(near);
          open.add(far);
          if (from.isClosed()) {
            close(near);
            close(far);
          }
        }
        Thread.ofVirtual().start(() -> pump(near, far));
        Thread.ofVirtual().start(() -> pump(far, near));
      } catch (IOException e) {
        // the door was shut
      }
    }
  }

  private void pump(Socket from, Socket into) {
    var buffer = new byte[16 * 1024];
    try {
      for (int n = from.getInputStream().read(buffer);
          n >= 0;
          n = from.getInputStream().read(buffer)) {
        synchronized (this) {
          while (silent && !into.isClosed()) {
            wait();
          }
        }
        into.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException e) {
      // one of the two ends is gone, and takes the other along
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(from);
      close(into);
    }
  }

  private static void close(@Nullable Closeable what) {
    try {
      if (what != null) {
        what.close();
      }
    } catch (IOException e) {
      // closed all the same
    }
  }

  @Override
  public void close() {
    shut();
    close(place);
    synchronized (this) {
      silent = false;
      notifyAll();
    }
  }
}
