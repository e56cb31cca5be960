package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.negotiation.MediaType;
import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.registry.Watches;
import io.kubrig.apiserver.websocket.WebSocket;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Frames of a watch as WebSocket messages: text for JSON and YAML, binary for protobuf, or base64 where the client asks for that. */
final class WatchSocket implements Watches.Sink, AutoCloseable {
  private static final String BASE64 = "base64.binary.k8s.io";
  /** A watch has nothing to hear: no more than a client may say in passing. */
  private static final int MOST_RECEIVED = 4096;

  private static final List<String> PROTOCOLS = List.of(BASE64, "binary.k8s.io");

  private final WebSocket socket;
  private final boolean binary;
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  private WatchSocket(WebSocket socket, boolean binary) {
    this.socket = socket;
    this.binary = binary;
    Thread.ofVirtual().name("watch-socket").start(this::read);
  }

  /** Accepts the WebSocket that the client asks for; empty when it asks for none. */
  static Optional<WatchSocket> open(Call call, Representation representation) throws IOException {
    if (!WebSocket.isWanted(call.exchange())) {
      return Optional.empty();
    }
    String protocol = WebSocket.offeredProtocols(call.exchange()).stream().filter(PROTOCOLS::contains).findFirst().orElse("");
    WebSocket socket = WebSocket.accept(call.exchange(), protocol, MOST_RECEIVED);
    socket.patience(StreamSink.PATIENCE);
    return Optional.of(new WatchSocket(socket, representation.mediaType() == MediaType.PROTOBUF));
  }

  /** Reads on to notice that the client goes. */
  private void read() {
    try {
      while (socket.receive().isPresent()) {
        // a watch has nothing to hear
      }
    } catch (IOException e) {
      // the connection is gone, which is all that matters here
    } finally {
      gone.complete(null);
    }
  }

  @Override
  public void frame(byte[] frame) throws IOException {
    if (socket.protocol().equals(BASE64)) {
      byte[] text = Base64.getEncoder().encode(frame);
      socket.sendText(text, 0, text.length);
    } else if (binary) {
      socket.sendBinary(frame, 0, frame.length);
    } else {
      int length = frame.length > 0 && frame[frame.length - 1] == '\n' ? frame.length - 1 : frame.length;
      socket.sendText(frame, 0, length);
    }
  }

  @Override
  public boolean closed() {
    return gone.isDone();
  }

  @Override
  public void onClose(Runnable action) {
    gone.thenRun(action);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
