package io.kubrig.testkit.traffic;

import io.kubrig.apiserver.http.Exchange.ResponseStream;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/** The events of one watch on their way to the client, a line each. */
final class WatchStream implements ResponseStream {
  private final Call call;
  private ResponseStream client; // guarded by this
  private final Faults faults;
  private final Ends ends;
  private final Queue<byte[]> waiting = new ArrayDeque<>(); // guarded by this
  private AtomicInteger drop = new AtomicInteger(); // guarded by this

  /**
   * What is called at either end.
   *
   * @param told the client has heard something
   * @param hangUp makes the server believe that the client has gone
   */
  record Ends(Runnable told, Runnable hangUp) {}

  /** The client's side, which opens when the answer begins. */
  interface Opening {
    ResponseStream open() throws IOException;
  }

  private WatchStream(Call call, Faults faults, Ends ends) {
    this.call = call;
    this.faults = faults;
    this.ends = ends;
  }

  /** Lets an answer begin. Faults reach the watch before its client knows that it is open. */
  static WatchStream begin(Call call, Opening opening, Faults faults, Ends ends) throws IOException {
    WatchStream watch = new WatchStream(call, faults, ends);
    synchronized (watch) {
      faults.opened(watch);
      try {
        watch.client = opening.open();
      } catch (IOException e) {
        faults.ended(watch);
        throw e;
      }
    }
    return watch;
  }

  Call call() {
    return call;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    int start = offset;
    for (int at = offset; at < offset + length; at++) {
      if (bytes[at] == '\n') {
        event(bytes, start, at + 1 - start);
        start = at + 1;
      }
    }
    if (start < offset + length) {
      event(bytes, start, offset + length - start);
    }
  }

  private void event(byte[] bytes, int offset, int length) throws IOException {
    if (drop.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      return;
    }
    if (!waiting.isEmpty() || faults.holds(call)) {
      waiting.add(Arrays.copyOfRange(bytes, offset, offset + length));
      return;
    }
    client.write(bytes, offset, length);
    ends.told.run();
  }

  synchronized void drop(AtomicInteger events) {
    drop = events;
  }

  /** Hands out what has waited, unless it still has to. */
  synchronized void flush() {
    try {
      while (!waiting.isEmpty() && !faults.holds(call)) {
        client.write(waiting.remove());
        ends.told.run();
      }
    } catch (IOException e) {
      waiting.clear(); // the client has gone
    }
  }

  void end() {
    faults.ended(this);
    ends.hangUp.run();
  }

  synchronized void expire() {
    Tree status = ApiException.expired("too old resource version: injected by the test").status();
    String event = Json.text(Tree.of("type", "ERROR", "object", status)) + "\n";
    try {
      client.write(event.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    end();
  }

  @Override
  public void close() throws IOException {
    faults.ended(this);
    client.close();
  }
}
