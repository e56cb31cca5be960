package io.kubrig.operators.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ZonesTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Zones zones = new Zones(new Zones.Rates(0.1, 0.01, 50, 0.55), clock);

  @Test
  void a_zone_is_judged_by_its_nodes() {
    assertThat(zones.state(List.of("True", "True"))).isEqualTo(Zones.State.NORMAL);
    assertThat(zones.state(List.of("False"))).isEqualTo(Zones.State.FULL);
    assertThat(zones.state(List.of("True", "False", "False"))).isEqualTo(Zones.State.NORMAL);
    assertThat(zones.state(List.of("True", "False", "Unknown", "Unknown"))).isEqualTo(Zones.State.PARTIAL);
  }

  @Test
  void one_node_in_ten_seconds_is_tainted() {
    zones.update(Map.of("", List.of("True", "False", "False")));
    zones.enqueue("", "a");
    zones.enqueue("", "b");
    assertThat(zones.due()).containsExactly("a");
    assertThat(zones.due()).isEmpty();
    clock.advance(Duration.ofSeconds(11));
    assertThat(zones.due()).containsExactly("b");
  }

  @Test
  void in_a_small_zone_that_mostly_fails_none_is() {
    zones.update(Map.of("", List.of("True", "False", "False", "False")));
    zones.enqueue("", "a");
    clock.advance(Duration.ofMinutes(10));
    assertThat(zones.due()).isEmpty();
  }

  @Test
  void when_all_zones_are_down_it_is_us_and_coming_back_starts_anew() {
    assertThat(zones.update(Map.of("a", List.of("False"), "b", List.of("Unknown")))).isEqualTo(Zones.Turn.ALL_DOWN);
    assertThat(zones.update(Map.of("a", List.of("False"), "b", List.of("Unknown")))).isEqualTo(Zones.Turn.NONE);
    assertThat(zones.update(Map.of("a", List.of("True"), "b", List.of("Unknown")))).isEqualTo(Zones.Turn.BACK);
  }
}
