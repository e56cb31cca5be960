package io.kubrig.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.WaitingView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WaitingPageTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final WaitingPage.Part JOBS = new WaitingPage.Part("job-controller", new WaitingView(
      Map.of(new Key("ns", "queued"), Duration.ofMillis(1500)), Map.of(new Key("ns", "busy"), Duration.ofMillis(20)),
      List.of(new WaitingView.Retry(new Key("ns", "bad"), new WaitingView.Failure(3, "no", NOW), Optional.of(NOW.plusSeconds(4)))),
      List.of(new WaitingView.Later(new Key("other", "late"), NOW.plusSeconds(60), "minReadySeconds"))), List.of("Pod ns/p"));

  private static Object page(WaitingPage.Query query) {
    return Json.read(WaitingPage.text(true, List.of("Node"), List.of(JOBS), query));
  }

  @Test
  void tells_what_a_controller_waits_for_and_why() {
    assertThat(page(WaitingPage.Query.ALL)).isEqualTo(Json.read("""
        {"leading":true,"unsyncedCaches":["Node"],"controllers":[{"name":"job-controller",
         "queueLength":1,"queued":[{"key":"ns/queued","seconds":1.5}],"running":[{"key":"ns/busy","seconds":0.02}],
         "retryCount":1,"retries":[{"key":"ns/bad","failures":3,"lastError":"no","failedAt":"2026-01-01T00:00:00Z",
           "nextAttempt":"2026-01-01T00:00:04Z"}],
         "delayedCount":1,"delayed":[{"key":"other/late","at":"2026-01-01T00:01:00Z","reason":"minReadySeconds"}],
         "awaitedWrites":["Pod ns/p"]}]}"""));
  }

  @Test
  void shows_one_object_or_one_controller_only_when_that_is_asked_for() {
    String one = WaitingPage.text(true, List.of(), List.of(JOBS), new WaitingPage.Query("", "ns", "bad", 100));
    assertThat(one).contains("ns/bad").doesNotContain("ns/queued", "ns/busy", "other/late");
    assertThat(WaitingPage.text(true, List.of(), List.of(JOBS), new WaitingPage.Query("x", "", "", 100))).contains("\"controllers\":[]");
  }
}
