package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TurnedDownTest {
  private final List<String> counted = new CopyOnWriteArrayList<>();
  private final TestScheduler t = new TestScheduler(SchedulerConfiguration.standard(), new SchedulerMetrics() {
    @Override
    public void turnedDown(String reason) {
      counted.add(reason);
    }
  });

  private void ends(String name, String reason) {
    t.cluster().patch(Pod.class, TestScheduler.NAMESPACE, name, Map.of("status", Map.of("phase", "Failed", "reason", reason, "message",
        "Node didn't have enough resource: cpu")));
  }

  @Test
  void a_pod_that_its_node_turns_down_is_reported_and_its_room_is_free_again() throws InterruptedException {
    t.node("n1", 1);
    t.pod("p", 1, "");
    t.untilOn(Map.of("p", "n1"));
    t.pod("next", 1, "");
    t.until(() -> !t.message("next").isEmpty(), () -> "next is not tried");
    ends("p", "OutOfcpu");
    t.untilOn(Map.of("next", "n1"));
    t.until(() -> t.events("p").size() > 1, () -> t.events("p").toString());
    assertThat(t.events("p")).contains(
        "TurnedDownByNode: node n1 turned the pod down, OutOfcpu: Node didn't have enough resource: cpu");
    assertThat(counted).containsExactly("OutOfcpu");
  }

  @Test
  void a_pod_that_just_fails_is_not_reported() throws InterruptedException {
    t.node("n1", 1);
    t.pod("p", 1, "");
    t.untilOn(Map.of("p", "n1"));
    ends("p", "Evicted");
    t.pod("next", 1, "");
    t.untilOn(Map.of("next", "n1"));
    assertThat(counted).isEmpty();
  }
}
