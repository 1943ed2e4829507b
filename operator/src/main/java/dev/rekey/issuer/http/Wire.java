package dev.rekey.issuer.http;

import dev.rekey.issuer.http.AddressPolicy.Route;
import dev.rekey.issuer.http.Progress.Stage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/**
 * A connection for one exchange. It is made to an address that was judged and to no other, and is
 * not used again: on a connection that lay idle nobody could tell whether a request that breaks off
 * was heard.
 */
final class Wire {
  private static final int LONGEST_CONNECT = 10_000;

  /** The head of an answer: so long a line, so many of them. */
  private static final Http1Config HEAD =
      Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(200).build();

  private final HttpRequestExecutor executor = new HttpRequestExecutor();
  private final DefaultBHttpClientConnection connection = new DefaultBHttpClientConnection(HEAD);
  private final Progress progress;
  private final int patience;

  /**
   * A connection that is not there yet.
   *
   * @param patience how long any wait may take, in milliseconds
   */
  Wire(Progress progress, int patience) {
    this.progress = progress;
    this.patience = patience;
  }

  /** The proxy did not let a request through. */
  static final class ProxyRefused extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    ProxyRefused(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /** Connects to the address, however it is reached. */
  void connect(URI target, Route route, SSLContext tls) throws IOException, HttpException {
    progress.reach(Stage.CONNECTING);
    switch (route) {
      case Route.Direct(var to) -> secure(target, open(to), tls);
      case Route.Through(var proxy) -> {
        Socket socket = open(proxy);
        if (Address.isSecure(target)) {
          tunnel(target, socket);
        }
        secure(target, socket, tls);
      }
      case Route.Refused refused -> throw new IllegalArgumentException("is refused");
    }
  }

  /** Sends the request, and reads the head of its answer. */
  ClassicHttpResponse send(ClassicHttpRequest request) throws IOException, HttpException {
    progress.reach(Stage.SENDING);
    return executor.execute(request, connection, HttpCoreContext.create());
  }

  /** The first address that answers. */
  private Socket open(List<InetSocketAddress> addresses) throws IOException {
    int each = Math.max(1, Math.min(LONGEST_CONNECT, patience / Math.max(1, addresses.size())));
    Optional<IOException> failure = Optional.empty();
    for (InetSocketAddress address : addresses) {
      Socket socket = new Socket(Proxy.NO_PROXY);
      progress.own(socket);
      try {
        socket.connect(address, each);
        socket.setSoTimeout(patience);
        socket.setTcpNoDelay(true);
        return socket;
      } catch (IOException notThere) {
        socket.close();
        failure = Optional.of(notThere);
      }
    }
    throw failure.orElseGet(() -> new IOException("no address"));
  }

  private void secure(URI target, Socket socket, SSLContext tls) throws IOException {
    if (!Address.isSecure(target)) {
      connection.bind(socket);
      return;
    }
    progress.reach(Stage.SECURING);
    String host = target.getHost().replaceAll("[\\[\\]]", "");
    SSLSocket secured =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, host, Address.port(target), true);
    var parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    connection.bind(secured, socket);
  }

  private void tunnel(URI target, Socket socket) throws IOException, HttpException {
    String authority = target.getHost() + ":" + Address.port(target);
    var connect = new BasicClassicHttpRequest("CONNECT", null, null, authority);
    connect.setHeader("Host", authority);
    connect.setHeader("User-Agent", "rekey");
    var tunnel = new DefaultBHttpClientConnection(HEAD);
    tunnel.bind(socket);
    int status = executor.execute(connect, tunnel, HttpCoreContext.create()).getCode();
    if (status < 200 || status >= 300) {
      throw new ProxyRefused(status);
    }
  }
}
