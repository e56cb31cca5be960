package io.kubrig.apiserver.audit;

import io.kubrig.apiserver.remote.RemoteServer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.queue.TokenBucket;
import io.kubrig.machinery.tree.Tree;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events as lists that are posted to a server: {@code --audit-webhook-*}. In batches, which never hold a request up and are dropped
 * when the server is too slow for the buffer; or one by one, each before its request goes on. (Source:
 * apiserver/plugin/pkg/audit/webhook and buffered.)
 */
public final class AuditWebhook implements AuditSink {
  private static final Logger LOG = LoggerFactory.getLogger(AuditWebhook.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int TRIES = 5;
  private static final double FACTOR = 1.5;

  /**
   * How events are put together.
   *
   * @param capacity how many may wait
   * @param maxSize of one list
   * @param maxWait of the first event of a list
   * @param perSecond lists, in the long run; 0 for no bound
   * @param burst lists at once
   */
  public record Batching(int capacity, int maxSize, Duration maxWait, double perSecond, int burst) {}

  /** What the writing thread is told: an event, that the list has waited long enough, or that there will be no more. */
  private sealed interface Message {
    record Event(Tree event) implements Message {}

    record Due(int list) implements Message {}

    record End() implements Message {}
  }

  private final RemoteServer server;
  private final Optional<Batching> batching;
  private final Duration firstPause;
  private final Clock clock;
  private final Counter errors;
  private final BlockingQueue<Message> queue;
  private final Set<Thread> sending = ConcurrentHashMap.newKeySet();
  private final Thread writer;
  private volatile boolean closing; // written by whoever closes, read by those who send

  /**
   * @param batching empty to post each event before its request goes on
   * @param firstPause before a failed list is tried again
   */
  public AuditWebhook(RemoteServer server, Optional<Batching> batching, Duration firstPause, Clock clock, MeterRegistry meters) {
    this.server = server;
    this.batching = batching;
    this.firstPause = firstPause;
    this.clock = clock;
    errors =
        Counter.builder("apiserver_audit_error_total")
            .tag("plugin", "webhook")
            .description("Counter of audit events that failed to be audited properly. Plugin identifies the plugin affected by the error.")
            .register(meters);
    // one more than events may wait, for what ends them
    queue = new LinkedBlockingQueue<>(batching.map(Batching::capacity).orElse(0) + 2);
    writer = Thread.ofVirtual().name("audit-webhook").unstarted(this::write);
    batching.ifPresent(some -> writer.start());
  }

  @Override
  public void take(Tree event) {
    if (batching.isEmpty()) {
      post(List.of(event));
    } else if (queue.size() >= batching.get().capacity() || !queue.offer(new Message.Event(event))) {
      failed(1, "audit buffer queue blocked");
    }
  }

  private void failed(int events, String why) {
    errors.increment(events);
    LOG.error("Error in audit plugin 'webhook' affecting {} audit events: {}", events, why);
  }

  // ---- batches -------------------------------------------------------------------------------------------------------

  private void write() {
    Batching settings = batching.orElseThrow();
    double perSecond = settings.perSecond() == 0 ? Double.MAX_VALUE : settings.perSecond();
    TokenBucket bucket = new TokenBucket(clock, perSecond, Math.max(1, settings.burst()));
    List<Tree> list = new ArrayList<>();
    int number = 0;
    try {
      for (Message message = queue.take(); !(message instanceof Message.End); message = queue.take()) {
        boolean due =
            switch (message) {
              case Message.Event(Tree event) -> {
                list.add(event);
                if (list.size() == 1) {
                  int mine = number;
                  clock.after(settings.maxWait(), () -> queue.offer(new Message.Due(mine)));
                }
                yield list.size() >= settings.maxSize();
              }
              case Message.Due(int which) -> which == number && !list.isEmpty();
              case Message.End() -> throw new IllegalStateException("the loop ends with it");
            };
        if (due) {
          send(List.copyOf(list), bucket);
          list.clear();
          number++;
        }
      }
      post(list);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(List<Tree> list, TokenBucket bucket) throws InterruptedException {
    Duration pause = bucket.reserve();
    if (pause.isPositive()) {
      clock.sleep(pause);
    }
    Thread thread = Thread.ofVirtual().name("audit-webhook-list").unstarted(() -> {
      try {
        post(list);
      } finally {
        sending.remove(Thread.currentThread());
      }
    });
    sending.add(thread);
    thread.start();
  }

  // ---- the wire ------------------------------------------------------------------------------------------------------

  private void post(List<Tree> events) {
    if (events.isEmpty()) {
      return;
    }
    byte[] body =
        Json.write(
            Tree.of("kind", "EventList", "apiVersion", "audit.k8s.io/v1", "metadata", new Tree(), "items", new ArrayList<Object>(events)));
    Duration pause = firstPause;
    try {
      for (int attempt = 1; ; attempt++) {
        Optional<String> trouble = once(body);
        if (trouble.isEmpty()) {
          return;
        }
        if (attempt == TRIES || closing) {
          failed(events.size(), trouble.get());
          return;
        }
        clock.sleep(pause);
        pause = Duration.ofMillis((long) (pause.toMillis() * FACTOR));
      }
    } catch (IOException e) {
      failed(events.size(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed(events.size(), "the server is shutting down");
    }
  }

  /**
   * Posts once.
   *
   * @return what may be better next time; empty when it worked
   * @throws IOException when another try would not help
   */
  private Optional<String> once(byte[] body) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.uri()).timeout(TIMEOUT).header("Content-Type", "application/json");
    server.authorization().ifPresent(value -> request.header("Authorization", value));
    int status;
    try {
      HttpRequest post = request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
      status = server.client().send(post, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return Optional.of("Post \"" + server.uri() + "\": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    }
    if (status >= 200 && status < 300) {
      return Optional.empty();
    }
    if (status == 429 || status >= 500) {
      return Optional.of("the server answered " + status);
    }
    throw new IOException("the server answered " + status);
  }

  @Override
  public void close() {
    if (batching.isEmpty()) {
      return;
    }
    try {
      closing = true;
      queue.put(new Message.End());
      writer.join(TIMEOUT);
      for (Thread thread : sending) {
        thread.join(TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
