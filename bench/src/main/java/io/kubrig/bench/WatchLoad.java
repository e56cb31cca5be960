package io.kubrig.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/** A thousand watchers, each on a connection of its own, and changes that all of them are told of. */
final class WatchLoad {
  private static final int WATCHERS = Integer.getInteger("watchers", 1000);
  private static final int CHANGES = 1000;
  private static final int WRITERS = 16;
  private static final long CHANGES_PER_SECOND = 1000;
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  private final URI server;
  private final SSLContext tls;
  private final String token;
  private final String pods;
  private final ServerProcesses processes;
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicInteger ended = new AtomicInteger();

  WatchLoad(URI server, SSLContext tls, String token, String namespace, ServerProcesses processes) {
    this.server = server;
    this.tls = tls;
    this.token = token;
    this.pods = "/api/v1/namespaces/" + namespace + "/pods";
    this.processes = processes;
  }

  /**
   * Changes pods at a steady rate, as far as the server keeps up with it, and waits until every watcher knows of every change or has been
   * given up by the server.
   */
  String run(int podCount) throws IOException, InterruptedException {
    double alone = change(podCount, "Alone");
    List<Connection> watches = new ArrayList<>();
    String revision = revision();
    for (int i = 0; i < WATCHERS; i++) {
      Connection connection = new Connection(server, tls);
      watches.add(connection);
      int status = connection.begin(get(pods + "?watch=true&resourceVersion=" + revision));
      if (status != 200) {
        throw new IOException("status " + status + " of a watch");
      }
      Thread.ofVirtual().start(() -> follow(connection));
    }
    delivered.set(0);
    double spent = processes.processorSeconds();
    long began = System.nanoTime();
    change(podCount, "Watched");
    while (delivered.get() < (long) (WATCHERS - ended.get()) * CHANGES && System.nanoTime() - began < PATIENCE_NANOS) {
      LockSupport.parkNanos(10_000_000);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double processor = processes.processorSeconds() - spent;
    int lost = ended.get();
    for (Connection watch : watches) {
      watch.close();
    }
    return String.format(
        Locale.ROOT,
        "{\"what\":\"watch\",\"watchers\":%d,\"changes\":%d,\"deliveries\":%d,\"watchers_ended_by_server\":%d,\"seconds\":%.2f,"
            + "\"server_cpu_seconds\":%.2f,\"server_cpu_seconds_without_watchers\":%.2f,\"deliveries_per_core_second\":%.0f}",
        WATCHERS, CHANGES, delivered.get(), lost, seconds, processor, alone, delivered.get() / processor);
  }

  /** Answers the processor time that the server took. */
  private double change(int podCount, String phase) throws IOException, InterruptedException {
    try (Load writers = Load.open(server, tls, WRITERS, get("/version"), processes)) {
      long began = System.nanoTime();
      return writers.run(CHANGES, 200, i -> {
        long due = began + i * 1_000_000_000L / CHANGES_PER_SECOND;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        String body = "{\"status\":{\"phase\":\"Running\",\"message\":\"" + phase + i + "\"}}";
        return Connection.request("PATCH", server, pods + "/p" + i % podCount + "/status", token, "application/merge-patch+json",
            "application/json", body.getBytes(StandardCharsets.UTF_8));
      }).processorSeconds();
    }
  }

  private String revision() throws IOException {
    StringBuilder head = new StringBuilder();
    try (Connection one = new Connection(server, tls)) {
      one.call(get(pods + "?limit=1"), (bytes, from, to) -> head.append(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)));
    }
    int at = head.indexOf("\"resourceVersion\":\"") + "\"resourceVersion\":\"".length();
    return head.substring(at, head.indexOf("\"", at));
  }

  private byte[] get(String path) {
    return Connection.request("GET", server, path, token, "", "application/json", new byte[0]);
  }

  /** Counts events, which end with a line feed each. */
  private void follow(Connection connection) {
    try {
      connection.read(
          (bytes, from, to) -> {
            int lines = 0;
            for (int i = from; i < to; i++) {
              if (bytes[i] == '\n') {
                lines++;
              }
            }
            delivered.addAndGet(lines);
          });
    } catch (IOException e) {
      ended.incrementAndGet();
    }
  }
}
