package io.kubrig.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.remote.RemoteServer;
import io.kubrig.apiserver.webhook.FakeHook;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.tree.Tree;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditWebhookTest {
  @TempDir Path dir;
  private final LinkedBlockingQueue<Tree> received = new LinkedBlockingQueue<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private FakeHook hook;

  @BeforeEach
  void start() throws Exception {
    hook =
        new FakeHook(
            list -> {
              received.add(list);
              return "";
            });
  }

  @AfterEach
  void stop() {
    hook.close();
  }

  private AuditWebhook webhook(Optional<AuditWebhook.Batching> batching, Clock clock) throws Exception {
    Path file = dir.resolve("webhook.conf");
    Files.writeString(
        file,
        "{current-context: c, contexts: [{name: c, context: {cluster: c}}], clusters: [{name: c, cluster: {server: '" + hook.url()
            + "/events', certificate-authority-data: " + FakeHook.caBundle() + "}}]}");
    return new AuditWebhook(RemoteServer.of(file), batching, Duration.ofMillis(1), clock, meters);
  }

  private static Tree event(String name) {
    return Tree.of("kind", "Event", "auditID", name);
  }

  private List<String> names(Tree list) {
    return list.trees("items").stream().map(item -> item.string("auditID")).toList();
  }

  @Test
  void a_blocking_webhook_has_each_event_before_its_request_goes_on() throws Exception {
    try (AuditWebhook webhook = webhook(Optional.empty(), Clock.system())) {
      webhook.take(event("a"));
      Tree list = received.poll();
      assertThat(names(list)).containsExactly("a");
      assertThat(list.string("kind") + " " + list.string("apiVersion")).isEqualTo("EventList audit.k8s.io/v1");
      assertThat(hook.uris()).containsExactly("/events");
    }
  }

  @Test
  void a_list_goes_when_it_is_full_or_has_waited_long_enough() throws Exception {
    VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
    try (AuditWebhook webhook = webhook(Optional.of(new AuditWebhook.Batching(100, 2, Duration.ofSeconds(30), 0, 1)), clock)) {
      webhook.take(event("a"));
      webhook.take(event("b"));
      assertThat(names(received.poll(20, TimeUnit.SECONDS))).containsExactly("a", "b");
      webhook.take(event("c"));
      while (received.isEmpty()) {
        clock.advance(Duration.ofSeconds(10));
        Thread.onSpinWait();
      }
      assertThat(names(received.poll())).containsExactly("c");
      webhook.take(event("d"));
    }
    assertThat(names(received.poll(20, TimeUnit.SECONDS))).describedAs("closing sends the rest").containsExactly("d");
  }

  @Test
  void what_fails_is_tried_again_and_counted_in_the_end() throws Exception {
    hook.status(503);
    try (AuditWebhook webhook = webhook(Optional.empty(), Clock.system())) {
      webhook.take(event("a"));
      assertThat(received).hasSize(5);
      assertThat(meters.get("apiserver_audit_error_total").counter().count()).isEqualTo(1);
      hook.status(400);
      webhook.take(event("b"));
      assertThat(received).describedAs("another try would not help").hasSize(6);
    }
  }

  @Test
  void long_events_lose_their_bodies_or_are_dropped() {
    List<Tree> taken = new ArrayList<>();
    AuditSink sink =
        new AuditSink() {
          @Override
          public void take(Tree event) {
            taken.add(event);
          }

          @Override
          public void close() {}
        };
    TruncatedEvents truncated = new TruncatedEvents(sink, 100);
    truncated.take(event("short"));
    truncated.take(event("long").set("requestObject", "x".repeat(100)));
    truncated.take(event("y".repeat(200)));
    assertThat(taken)
        .containsExactly(event("short"), event("long").set("annotations", Tree.of("audit.k8s.io/truncated", "true")));
  }
}
