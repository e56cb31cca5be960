package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubrig.scheduler.model.Pod;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SlowSearchTest {
  private static final long MILLI = 1_000_000;
  private static final Instant ENDED = Instant.parse("2026-11-22T10:00:01.5Z");
  private final Pod pod = Pod.of(new PodBuilder().withNewMetadata().withNamespace("ns").withName("p").withUid("u").endMetadata()
      .withNewSpec().addNewContainer().withName("c").withImage("i").withNewResources().endResources().endContainer().endSpec()
      .withNewStatus().endStatus().build());

  private String text(long filteredMillis, long endMillis, Decision decision) {
    return SlowSearch.text(pod, ENDED, MILLI, MILLI + filteredMillis * MILLI, MILLI + endMillis * MILLI, decision)
        .replaceAll("Trace\\[\\d+\\]", "Trace[N]");
  }

  @Test
  void tells_where_the_time_of_a_slow_search_went() {
    assertThat(text(120, 200, new Decision.Placed("n", 5, 3))).isEqualTo("""
        Trace[N]: "Scheduling" namespace:ns,name:p (22-Nov-2026 10:00:01.300) (total time: 200ms):
        Trace[N]: ---"Computing predicates done" 120ms (10:00:01.420)
        Trace[N]: ---"Prioritizing done" 80ms (10:00:01.500)
        Trace[N]: [200ms] [200ms] END""");
  }

  @Test
  void a_step_that_took_less_than_its_share_is_left_out() {
    assertThat(text(20, 1200, new Decision.Placed("n", 5, 3))).isEqualTo("""
        Trace[N]: "Scheduling" namespace:ns,name:p (22-Nov-2026 10:00:00.300) (total time: 1200ms):
        Trace[N]: ---"Prioritizing done" 1180ms (10:00:01.500)
        Trace[N]: [1.2s] [1.2s] END""");
  }
}
