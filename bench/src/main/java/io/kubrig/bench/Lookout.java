package io.kubrig.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A watch that says when a text came by: looking again and again would take the processors from those that are measured. */
final class Lookout implements AutoCloseable {
  private final Connection connection;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(); // only the reader's
  private String expected = ""; // guarded by this
  private long seenNanos; // guarded by this; 0 means not yet
  private IOException failure; // guarded by this

  /** @param watch the request of a watch, for this connection alone */
  Lookout(Connection connection, byte[] watch) {
    this.connection = connection;
    Thread.ofPlatform().daemon().name("lookout").start(() -> look(watch));
  }

  private void look(byte[] watch) {
    try {
      int status = connection.begin(watch);
      if (status != 200) {
        throw new IOException("a watch was refused: " + status);
      }
      connection.read(this::part);
      throw new IOException("a watch ended");
    } catch (IOException e) {
      synchronized (this) {
        failure = e;
        notifyAll();
      }
    }
  }

  private void part(byte[] bytes, int from, int to) {
    int start = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, start, i - start);
        passed(line.toString(StandardCharsets.UTF_8));
        line.reset();
        start = i + 1;
      }
    }
    line.write(bytes, start, to - start);
  }

  private synchronized void passed(String event) {
    if (seenNanos == 0 && event.contains(expected)) {
      seenNanos = System.nanoTime();
      notifyAll();
    }
  }

  /** Begins to look for a text. */
  synchronized void expect(String text) {
    expected = text;
    seenNanos = 0;
  }

  /** The time, in nanoseconds of this machine's clock, at which what is expected came by. */
  synchronized long seen() throws IOException, InterruptedException {
    while (seenNanos == 0) {
      if (failure != null) {
        throw failure;
      }
      wait();
    }
    return seenNanos;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
