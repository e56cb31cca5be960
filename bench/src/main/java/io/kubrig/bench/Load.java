package io.kubrig.bench;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;

/**
 * Requests sent by a fixed number of connections as fast as they are answered, and what came out.
 *
 * <p>Each connection has a thread of the operating system, so that none waits for another in the client.
 */
final class Load implements AutoCloseable {
  private final Connection[] connections;
  private final ServerProcesses server;

  private Load(Connection[] connections, ServerProcesses server) {
    this.connections = connections;
    this.server = server;
  }

  /** Connects, one connection after the other, and makes sure of each with a request. */
  static Load open(URI server, SSLContext tls, int count, byte[] firstRequest, ServerProcesses processes) throws IOException {
    Connection[] connections = new Connection[count];
    for (int i = 0; i < count; i++) {
      connections[i] = new Connection(server, tls);
      connections[i].call(firstRequest, Connection.Body.NOBODY);
    }
    return new Load(connections, processes);
  }

  /**
   * What a run measured.
   *
   * @param nanos the latency of each request, sorted
   * @param overtaken how many requests were answered while one was under way, sorted: what a fair server keeps near the number of
   *     connections, however slow the machine is
   * @param seconds the whole run
   * @param processorSeconds the server's share
   */
  record Result(long[] nanos, int[] overtaken, double seconds, double processorSeconds) {
    String json(String what) {
      int count = nanos.length;
      return String.format(
          Locale.ROOT,
          "{\"what\":\"%s\",\"count\":%d,\"per_second\":%.0f,\"per_core_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,"
              + "\"overtaken_p50\":%d,\"overtaken_p99\":%d,\"overtaken_max\":%d}",
          what, count, count / seconds, count / processorSeconds, nanos[count / 2] / 1e6, nanos[(int) (count * 0.99)] / 1e6,
          nanos[count - 1] / 1e6, overtaken[count / 2], overtaken[(int) (count * 0.99)], overtaken[count - 1]);
    }
  }

  /** Sends {@code count} requests and waits for the answers, which must all have one status. */
  Result run(int count, int expected, IntFunction<byte[]> requests) throws IOException, InterruptedException {
    long[] nanos = new long[count];
    int[] overtaken = new int[count];
    AtomicInteger next = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<IOException> failure = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(connections.length);
    double spent = server.processorSeconds();
    long began = System.nanoTime();
    for (Connection connection : connections) {
      Thread.ofPlatform().start(
          () -> {
            try {
              for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                byte[] request = requests.apply(i);
                int before = answered.get();
                long start = System.nanoTime();
                int status = connection.call(request, Connection.Body.NOBODY);
                nanos[i] = System.nanoTime() - start;
                overtaken[i] = answered.getAndIncrement() - before;
                if (status != expected) {
                  throw new IOException("status " + status + " of request " + i);
                }
              }
            } catch (IOException e) {
              failure.compareAndSet(null, e);
              next.set(count);
            } finally {
              done.countDown();
            }
          });
    }
    done.await();
    if (failure.get() != null) {
      throw new IOException("a request failed, so there is nothing to report: " + failure.get().getMessage(), failure.get());
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double processor = server.processorSeconds() - spent;
    Arrays.sort(nanos);
    Arrays.sort(overtaken);
    return new Result(nanos, overtaken, seconds, processor);
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
