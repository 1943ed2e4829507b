package dev.rekey.testkube;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A wire on the loopback interface on which everything that is said to the other end arrives late:
 * in order, none of it lost, and as much as ever. What it answers comes at once.
 */
public final class SlowWire implements AutoCloseable {
  private final int to;
  private final ServerSocket door;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile Duration delay = Duration.ZERO;

  private record Piece(long due, byte[] bytes) {}

  /** A wire to this port, without any delay yet. */
  SlowWire(int to) throws IOException {
    this.to = to;
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** What is said from now on arrives that much later. */
  public void delay(Duration by) {
    delay = by;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var near = door.accept();
        var far = new Socket(InetAddress.getLoopbackAddress(), to);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        open.add(near);
        open.add(far);
        var pieces = new LinkedBlockingQueue<Piece>();
        Thread.ofVirtual().start(() -> read(near, far, pieces));
        Thread.ofVirtual().start(() -> write(near, far, pieces));
        Thread.ofVirtual().start(() -> answer(far, near));
      } catch (IOException e) {
        // closed, or the other end is not there yet: whoever called tries again
      }
    }
  }

  private void read(Socket near, Socket far, BlockingQueue<Piece> pieces) {
    var buffer = new byte[64 * 1024];
    try {
      for (int n = near.getInputStream().read(buffer);
          n >= 0;
          n = near.getInputStream().read(buffer)) {
        var bytes = new byte[n];
        System.arraycopy(buffer, 0, bytes, 0, n);
        pieces.add(new Piece(System.nanoTime() + delay.toNanos(), bytes));
      }
    } catch (IOException e) {
      // one of the two ends is gone, and takes the other along
    } finally {
      end(near, far);
    }
  }

  private void write(Socket near, Socket far, BlockingQueue<Piece> pieces) {
    try {
      while (!far.isClosed()) {
        var piece = pieces.poll(1, TimeUnit.SECONDS);
        if (piece != null) {
          TimeUnit.NANOSECONDS.sleep(piece.due() - System.nanoTime());
          far.getOutputStream().write(piece.bytes());
        }
      }
    } catch (IOException e) {
      end(near, far);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(Socket far, Socket near) {
    try {
      far.getInputStream().transferTo(near.getOutputStream());
    } catch (IOException e) {
      // as above
    } finally {
      end(near, far);
    }
  }

  private void end(Socket near, Socket far) {
    close(near);
    close(far);
    open.remove(near);
    open.remove(far);
  }

  private static void close(Closeable what) {
    try {
      what.close();
    } catch (IOException e) {
      // closed all the same
    }
  }

  @Override
  public void close() {
    close(door);
    open.forEach(SlowWire::close);
  }
}
