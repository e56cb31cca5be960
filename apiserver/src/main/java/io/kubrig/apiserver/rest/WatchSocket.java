package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.registry.Watches;
import java.io.IOException;
import java.util.Optional;

/** Frames of a watch as WebSocket messages. */
final class WatchSocket implements Watches.Sink, AutoCloseable {

  /** Accepts the WebSocket that the client asks for; empty when it asks for none. */
  static Optional<WatchSocket> open(Call call, Representation representation) throws IOException {
    return Optional.empty();
  }

  @Override
  public void frame(byte[] frame) throws IOException {
    throw new IOException("closed");
  }

  @Override
  public boolean closed() {
    return true;
  }

  @Override
  public void close() {}
}
