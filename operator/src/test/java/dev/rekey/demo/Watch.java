package dev.rekey.demo;

import io.fabric8.kubernetes.client.Watcher.Action;
import io.fabric8.mockwebserver.crud.AttributeSet;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A watch that ends without harm to anyone else. The mock server's own, when its client closes it,
 * waits on the event loop for its last write, which needs that event loop: every request there
 * stands still for 30 seconds. And whoever writes to the store at that moment gets no answer.
 */
final class Watch extends WebSocketListener {

  private final AttributeSet query;
  private final Consumer<Watch> opened;
  private final Consumer<Watch> ended;
  private final BlockingQueue<String> unsent = new LinkedBlockingQueue<>();
  private volatile Thread sender = Thread.ofVirtual().unstarted(() -> {});

  /**
   * @param opened is called when the client listens; it may tell what is there already
   * @param ended is called when it does not any more, maybe more than once
   */
  Watch(AttributeSet query, Consumer<Watch> opened, Consumer<Watch> ended) {
    this.query = query;
    this.opened = opened;
    this.ended = ended;
  }

  boolean isFor(AttributeSet attributes) {
    return attributes.matches(query);
  }

  /** Tells the client, soon and in this order. */
  void tell(Action action, String state) {
    unsent.add("{\"type\": \"" + action + "\", \"object\": " + state + "}");
  }

  @Override
  public void onOpen(WebSocket webSocket, Response response) {
    sender = Thread.ofVirtual().name("watch").start(() -> sendUntilInterrupted(webSocket));
    opened.accept(this);
  }

  @Override
  public void onClosing(WebSocket webSocket, int code, String reason) {
    end();
    Thread.ofVirtual().start(() -> webSocket.close(code, reason));
  }

  @Override
  public void onClosed(WebSocket webSocket, int code, String reason) {
    end();
  }

  @Override
  public void onFailure(WebSocket webSocket, Throwable failure, Response response) {
    end();
  }

  private void end() {
    ended.accept(this);
    sender.interrupt();
  }

  private void sendUntilInterrupted(WebSocket webSocket) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        webSocket.send(unsent.take());
      }
    } catch (InterruptedException e) {
      // the client has closed it
      Thread.currentThread().interrupt();
    }
  }
}
