package dev.rekey.demo;

import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;

/**
 * A watch of the mock API server that ends without stopping the others. When a watch closes, the
 * mock's own listener waits, on the event loop, for its last write, which needs that event loop: a
 * client that closes at a busy moment would hold up everybody on the same loop for 30 seconds.
 */
final class ClosedOffTheEventLoop extends WebSocketListener {

  private final WebSocketListener watch;

  ClosedOffTheEventLoop(WebSocketListener watch) {
    this.watch = watch;
  }

  @Override
  public void onOpen(WebSocket webSocket, Response response) {
    watch.onOpen(webSocket, response);
  }

  @Override
  public void onMessage(WebSocket webSocket, String text) {
    watch.onMessage(webSocket, text);
  }

  @Override
  public void onMessage(WebSocket webSocket, byte[] bytes) {
    watch.onMessage(webSocket, bytes);
  }

  @Override
  public void onClosing(WebSocket webSocket, int code, String reason) {
    watch.onClosing(webSocket, code, reason);
  }

  @Override
  public void onClosed(WebSocket webSocket, int code, String reason) {
    Thread.ofVirtual().start(() -> watch.onClosed(webSocket, code, reason));
  }

  @Override
  public void onFailure(WebSocket webSocket, Throwable failure, Response response) {
    Thread.ofVirtual().start(() -> watch.onFailure(webSocket, failure, response));
  }
}
