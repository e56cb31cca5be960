package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.registry.Watches;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Frames of a watch into the body of an answer. */
final class StreamSink implements Watches.Sink {
  /** How long a watch waits for a client that takes nothing; the events it has fallen behind by are gone long before. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Exchange exchange;
  private final Exchange.ResponseStream stream;
  private volatile boolean closed;

  StreamSink(Exchange exchange, Exchange.ResponseStream stream) {
    this.exchange = exchange;
    this.stream = stream;
    exchange.onClose(() -> closed = true);
  }

  @Override
  public void frame(byte[] frame) throws IOException {
    stream.write(frame, 0, frame.length, PATIENCE);
  }

  /** One write: the frames end by themselves. */
  @Override
  public void frames(List<byte[]> frames) throws IOException {
    if (frames.size() == 1) {
      frame(frames.getFirst());
      return;
    }
    int length = 0;
    for (byte[] frame : frames) {
      length += frame.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] frame : frames) {
      System.arraycopy(frame, 0, all, at, frame.length);
      at += frame.length;
    }
    frame(all);
  }

  @Override
  public boolean closed() {
    return closed;
  }

  @Override
  public void onClose(Runnable action) {
    exchange.onClose(action);
  }
}
