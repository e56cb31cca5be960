package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.registry.Watches;
import java.io.IOException;

/** Frames of a watch into the body of an answer. */
final class StreamSink implements Watches.Sink {
  private final Exchange.ResponseStream stream;
  private volatile boolean closed;

  StreamSink(Exchange exchange, Exchange.ResponseStream stream) {
    this.stream = stream;
    exchange.onClose(() -> closed = true);
  }

  @Override
  public void frame(byte[] frame) throws IOException {
    stream.write(frame);
  }

  @Override
  public boolean closed() {
    return closed;
  }
}
