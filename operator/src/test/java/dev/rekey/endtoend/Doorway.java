package dev.rekey.endtoend;

import dev.rekey.testkube.ControlPlane;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The way of one operator to the API server: it goes through here without encryption, so that a
 * single request, or the answer to it, can be held up. The door can also be shut.
 */
final class Doorway implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length:\\s*(\\d+)");
  private static final Pattern UPGRADE = Pattern.compile("(?im)^upgrade:\\s*websocket");
  private static final Pattern HTTP2 =
      Pattern.compile(
          "(?im)^(upgrade:\\s*h2c|http2-settings:.*|connection:.*http2-settings.*)\r\n");

  private final ControlPlane controlPlane;
  private final SSLContext tls;
  private final int apiPort;
  private final ServerSocket door;
  private final List<Hold> holds = new CopyOnWriteArrayList<>();
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile boolean shut;

  /** A request on its way to the API server. */
  record Request(String method, String path, String body) {

    /** Whether it writes this Secret. */
    boolean writes(String namespace, String secret) {
      return method.equals("PUT")
          && path.equals("/api/v1/namespaces/" + namespace + "/secrets/" + secret);
    }

    /** The Secret that it writes. */
    Secret secret() {
      return Serialization.unmarshal(body, Secret.class);
    }
  }

  /** Something that is held up once. */
  static final class Hold {
    private final Predicate<Request> which;
    private final boolean answer;
    private final AtomicBoolean used = new AtomicBoolean();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private Hold(Predicate<Request> which, boolean answer) {
      this.which = which;
      this.answer = answer;
    }

    /** Waits until it is held up. */
    void awaitArrival() throws InterruptedException {
      if (!arrived.await(Stage.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("what is to be held up never came");
      }
    }

    /** Lets it go on. */
    void release() {
      released.countDown();
    }

    private void pass() throws InterruptedException {
      arrived.countDown();
      released.await();
    }
  }

  Doorway(ControlPlane controlPlane) throws IOException {
    this.controlPlane = controlPlane;
    var url = controlPlane.url();
    apiPort = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    tls = trusting(controlPlane.caCertificate());
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** A kubeconfig for the bearer of a token who takes this way. */
  Path kubeconfigFile(String token) throws IOException {
    var file = controlPlane.kubeconfigFile(token);
    return Files.writeString(
        file,
        Files.readString(file)
            .replaceAll(
                "server: \"[^\"]*\"", "server: \"http://127.0.0.1:" + door.getLocalPort() + "\"")
            .replaceAll(", certificate-authority-data: [^}]*", ""));
  }

  /** The first such request from now on waits here; the API server does not know of it. */
  Hold holdRequest(Predicate<Request> which) {
    return hold(new Hold(which, false));
  }

  /** The first such request goes through, and its answer waits here. */
  Hold holdAnswer(Predicate<Request> which) {
    return hold(new Hold(which, true));
  }

  private Hold hold(Hold hold) {
    holds.add(hold);
    return hold;
  }

  /** Every connection breaks, and no new one comes about. */
  void shut() {
    shut = true;
    open.forEach(Doorway::close);
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var near = door.accept();
        if (shut) {
          close(near);
          continue;
        }
        var far = tls.getSocketFactory().createSocket("127.0.0.1", apiPort);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        open.add(near);
        open.add(far);
        new Connection(near, far).start();
      } catch (IOException e) {
        // the door is closed, or the API server is
      }
    }
  }

  /** One connection: requests one after the other, each with its answer. */
  private final class Connection {
    private final Socket near;
    private final Socket far;
    private volatile @Nullable Hold heldAnswer;

    /** Of a request that was held up: whoever sent it may be gone before the API server answers. */
    private volatile CountDownLatch answered = new CountDownLatch(0);

    Connection(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }

    void start() {
      Thread.ofVirtual()
          .start(() ->
              guarded(() -> {
                try {
                  requests();
                } finally {
                  answered.await();
                }
              }));
      Thread.ofVirtual()
          .start(() ->
              guarded(() -> {
                try {
                  answers();
                } finally {
                  answered.countDown();
                }
              }));
    }

    private void requests() throws IOException, InterruptedException {
      var in = near.getInputStream();
      while (true) {
        var head = head(in);
        var body = in.readNBytes(length(head));
        var request = request(head, body);
        for (var hold : holds) {
          if (hold.which.test(request) && hold.used.compareAndSet(false, true)) {
            if (hold.answer) {
              heldAnswer = hold;
            } else {
              answered = new CountDownLatch(1);
              hold.pass();
            }
          }
        }
        var out = far.getOutputStream();
        out.write(HTTP2.matcher(head).replaceAll("").getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
        if (UPGRADE.matcher(head).find()) {
          in.transferTo(out);
          return;
        }
      }
    }

    private void answers() throws IOException, InterruptedException {
      var in = far.getInputStream();
      var buffer = new byte[16 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        answered.countDown();
        var hold = heldAnswer;
        if (hold != null) {
          hold.pass();
          heldAnswer = null;
        }
        near.getOutputStream().write(buffer, 0, n);
        near.getOutputStream().flush();
      }
    }

    private void guarded(Talk talk) {
      try {
        talk.run();
      } catch (IOException e) {
        // one of the two ends is gone, and takes the other along
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        close(near);
        close(far);
        open.remove(near);
        open.remove(far);
      }
    }
  }

  @FunctionalInterface
  private interface Talk {
    void run() throws IOException, InterruptedException;
  }

  private static String head(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      head.write(next);
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
    var text = head.toString(StandardCharsets.ISO_8859_1);
    if (text.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
      throw new IOException("no client of ours sends chunks: " + text.lines().findFirst());
    }
    return text;
  }

  private static int length(String head) {
    var length = LENGTH.matcher(head);
    return length.find() ? Integer.parseInt(length.group(1)) : 0;
  }

  private static Request request(String head, byte[] body) {
    var first = head.substring(0, head.indexOf('\r')).split(" ", -1);
    return new Request(
        first[0], first[1].replaceAll("\\?.*", ""), new String(body, StandardCharsets.UTF_8));
  }

  private static SSLContext trusting(Path authority) throws IOException {
    try (var in = Files.newInputStream(authority)) {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
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
    holds.forEach(Hold::release);
    shut();
  }
}
