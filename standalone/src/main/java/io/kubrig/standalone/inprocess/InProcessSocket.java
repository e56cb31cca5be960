package io.kubrig.standalone.inprocess;

import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;

/** The client's end of a watch. Messages are handed over one by one, each when the listener has asked for it. */
final class InProcessSocket implements WebSocket {
  private static final int NORMAL = 1000;

  private final WebSocket.Listener listener;
  private final Semaphore wanted = new Semaphore(1);
  private volatile boolean closed;
  private volatile boolean open;
  private volatile Runnable onCancel = () -> {};

  InProcessSocket(WebSocket.Listener listener) {
    this.listener = listener;
  }

  void opened() {
    open = true;
    listener.onOpen(this);
  }

  void deliver(String message) throws IOException {
    try {
      wanted.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (closed) {
      throw new IOException("the client has gone");
    }
    listener.onMessage(this, message);
  }

  /** The server has ended the watch. */
  void ended() {
    if (open) {
      listener.onClose(this, NORMAL, "");
    }
  }

  void onCancel(Runnable action) {
    onCancel = action;
  }

  @Override
  public boolean send(ByteBuffer buffer) {
    return false;
  }

  @Override
  public boolean sendClose(int code, String reason) {
    if (closed) {
      return false;
    }
    closed = true;
    onCancel.run();
    wanted.release();
    return true;
  }

  @Override
  public long queueSize() {
    return 0;
  }

  @Override
  public void request() {
    wanted.release();
  }
}
