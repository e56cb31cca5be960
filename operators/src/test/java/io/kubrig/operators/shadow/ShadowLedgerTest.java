package io.kubrig.operators.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.json.Json;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Write;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShadowLedgerTest {
  private static final Key KEY = new Key("ns", "web");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Write CREATE = Write.of("POST", "/api/v1/namespaces/ns/pods", "{\"metadata\":{\"generateName\":\"web-\"}}");

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final ShadowReport report = new ShadowReport(metrics, clock);
  private final ShadowLedger ledger = new ShadowLedger("replicaset-controller", PATIENCE, clock, report);

  private static Write update(String revision, String status) {
    return Write.of("PUT", "/apis/apps/v1/namespaces/ns/replicasets/web/status",
        "{\"metadata\":{\"name\":\"web\",\"resourceVersion\":\"" + revision + "\"},\"status\":\"" + status + "\"}");
  }

  @Test
  void what_is_not_wanted_any_more_has_settled() {
    assertThat(ledger.decided(KEY, List.of(CREATE))).contains(PATIENCE);
    clock.advance(Duration.ofSeconds(5));
    assertThat(ledger.decided(KEY, List.of())).isEmpty();
    assertThat(report.differences()).isEmpty();
    assertThat(metrics.counter("kubrig_controller_manager_shadow_writes_total", "outcome", "settled").count()).isEqualTo(1);
  }

  @Test
  void what_is_still_wanted_after_the_patience_is_a_difference_and_told_once() {
    ledger.decided(KEY, List.of(CREATE));
    clock.advance(Duration.ofSeconds(10));
    assertThat(ledger.decided(KEY, List.of(CREATE))).contains(Duration.ofSeconds(20));
    clock.advance(Duration.ofSeconds(20));
    ledger.decided(KEY, List.of(CREATE));
    clock.advance(PATIENCE);
    ledger.decided(KEY, List.of(CREATE));
    assertThat(report.differences()).extracting(ShadowReport.Difference::toString)
        .containsExactly("replicaset-controller ns/web: create pods ns/web-*");
    assertThat(metrics.counter("kubrig_controller_manager_shadow_differences_total", "controller", "replicaset-controller",
        "verb", "create", "resource", "pods").count()).isEqualTo(1);
    ledger.decided(KEY, List.of());
    assertThat(Json.read(report.page())).isEqualTo(Json.read("""
        {"writes":{"settled":0,"different":1,"refused":0},"differences":[{"time":"2026-01-01T00:00:30Z","since":"2026-01-01T00:00:00Z",
         "controller":"replicaset-controller","key":"ns/web","verb":"create","resource":"pods","namespace":"ns","name":"web-*","count":1,
         "body":"{\\"metadata\\":{\\"generateName\\":\\"web-\\"}}","ended":"2026-01-01T00:01:00Z"}]}"""));
  }

  @Test
  void an_object_that_moves_is_still_being_worked_on_and_another_body_alone_is_the_same_wish() {
    ledger.decided(KEY, List.of(update("1", "a")));
    clock.advance(PATIENCE);
    ledger.decided(KEY, List.of(update("2", "a")));
    assertThat(report.differences()).isEmpty();
    clock.advance(PATIENCE);
    ledger.decided(KEY, List.of(update("2", "b")));
    assertThat(report.differences()).hasSize(1);
  }

  @Test
  void fewer_of_the_same_creations_are_progress_of_the_other_manager() {
    ledger.decided(KEY, List.of(CREATE, CREATE, CREATE));
    clock.advance(PATIENCE);
    ledger.decided(KEY, List.of(CREATE, CREATE));
    assertThat(report.differences()).isEmpty();
  }
}
