package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.scheduling.v1alpha2.PodGroup;
import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.config.SchedulerFeatures;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GangSchedulingTest {
  private static final String WAITS = "waiting for minCount pods from a gang to be scheduled";

  private final TestScheduler t =
      new TestScheduler(SchedulerConfiguration.standard().with(new SchedulerFeatures(true, true)), SchedulerMetrics.NONE);

  private void gang(int minCount) {
    t.create("{apiVersion: scheduling.k8s.io/v1alpha2, kind: PodGroup, metadata: {name: g}, spec: {schedulingPolicy: {gang: {minCount: "
        + minCount + "}}}}");
  }

  private void member(String name, int cpu) {
    t.pod(name, cpu, ", schedulingGroup: {podGroupName: g}");
  }

  @Test
  void binds_a_gang_when_all_of_it_fits() throws InterruptedException {
    t.node("n1", 2);
    gang(2);
    member("a", 1);
    member("b", 1);
    t.untilOn(Map.of("a", "n1", "b", "n1"));
    untilGroup("True Scheduled: ");
  }

  /** Status, reason and message of the group's condition. */
  private void untilGroup(String says) throws InterruptedException {
    Supplier<String> said = () -> t.cluster().find(PodGroup.class, TestScheduler.NAMESPACE, "g").map(PodGroup::getStatus).stream()
        .flatMap(s -> s.getConditions().stream()).map(c -> c.getType() + " " + c.getStatus() + " " + c.getReason() + ": " + c.getMessage())
        .findFirst().orElse("nothing");
    t.until(() -> said.get().equals("PodGroupScheduled " + says), said);
  }

  @Test
  void the_group_says_that_it_waits_for_room_and_once_scheduled_nothing_else() throws InterruptedException {
    t.node("n1", 1);
    gang(2);
    member("a", 1);
    member("b", 1);
    untilGroup("False Unschedulable: pod group is unschedulable");
    t.node("n2", 1);
    untilGroup("True Scheduled: ");
    member("late", 1);
    t.until(() -> !t.message("late").isEmpty(), () -> "late has not been tried");
    untilGroup("True Scheduled: ");
  }

  @Test
  void waits_for_the_group_and_for_enough_pods() throws InterruptedException {
    t.node("n1", 4);
    member("a", 1);
    member("b", 1);
    t.pod("single", 1, "");
    t.untilOn(Map.of("single", "n1"));
    assertThat(t.scheduler().queue().sizes()).containsEntry("gated", 2);
    gang(3);
    t.until(() -> t.scheduler().queue().sizes().get("gated") == 2, () -> "not gated");
    assertThat(t.message("a")).isEmpty();
    member("c", 1);
    t.untilOn(Map.of("a", "n1", "b", "n1", "c", "n1"));
  }

  @Test
  void binds_nobody_when_too_few_fit_and_all_when_room_comes() throws InterruptedException {
    t.node("n1", 1);
    gang(2);
    member("a", 1);
    member("b", 1);
    t.untilMessage("a", WAITS);
    t.untilMessage("b", "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: "
        + "1 No preemption victims found for incoming pod.");
    assertThat(t.nodeOf("a")).isNull();
    t.node("n2", 1);
    t.until(() -> t.nodeOf("a") != null && t.nodeOf("b") != null, () -> t.message("a") + " / " + t.message("b"));
  }

  @Test
  void binds_as_many_as_fit_beyond_the_minimum() throws InterruptedException {
    t.node("n1", 2);
    gang(2);
    member("a", 1);
    member("b", 1);
    member("c", 1);
    t.until(() -> t.scheduler().queue().sizes().get("unschedulable") == 1
        && Stream.of("a", "b", "c").filter(p -> t.nodeOf(p) != null).count() == 2,
        () -> t.scheduler().queue().sizes().toString());
  }

  @Test
  void leaves_pods_alone_whose_group_wants_no_gang() throws InterruptedException {
    t.node("n1", 1);
    t.create("{apiVersion: scheduling.k8s.io/v1alpha2, kind: PodGroup, metadata: {name: g}, spec: {schedulingPolicy: {basic: {}}}}");
    member("a", 1);
    t.untilOn(Map.of("a", "n1"));
  }

  @Test
  void is_off_by_default_and_needs_the_workload_feature() throws InterruptedException {
    TestScheduler plain = new TestScheduler();
    plain.node("n1", 1);
    plain.pod("a", 1, ", schedulingGroup: {podGroupName: g}");
    plain.untilOn(Map.of("a", "n1"));
    assertThatThrownBy(() -> SchedulerFeatures.of(new FeatureGates(Map.of("GangScheduling", true))))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage("GangScheduling is enabled, but depends on features that are disabled: [GenericWorkload]");
  }
}
