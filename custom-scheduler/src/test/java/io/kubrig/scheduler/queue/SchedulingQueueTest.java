package io.kubrig.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.framework.PreEnqueuePlugin;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.state.ClusterState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchedulingQueueTest {
  private static final EventKind NODE_ADD = EventKind.of(Subject.NODE, Action.ADD);
  private static final EventKind NODE_LABEL = EventKind.of(Subject.NODE, Action.UPDATE_NODE_LABEL);

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Set<String> kept = new HashSet<>();
  private final SchedulingQueue queue;

  /** Hears of new nodes whatever they are, and of labels only when the event names the pod. Keeps out pods that the test names. */
  private final class Picky implements PreEnqueuePlugin, EnqueueExtensions {
    @Override
    public String name() {
      return "Picky";
    }

    @Override
    public Status preEnqueue(Pod pod) {
      return kept.contains(pod.name()) ? Status.unresolvable("kept out") : Status.SUCCESS;
    }

    @Override
    public List<Registration> events() {
      return List.of(Registration.of(NODE_ADD), new Registration(NODE_LABEL, (pod, before, after) -> pod.name().equals(after)));
    }
  }

  SchedulingQueueTest() {
    SchedulerConfiguration c = SchedulerConfiguration.parse("""
        apiVersion: kubescheduler.config.k8s.io/v1
        kind: KubeSchedulerConfiguration
        profiles:
        - plugins:
            multiPoint:
              disabled: [{name: "*"}]
              enabled: [{name: PrioritySort}, {name: SchedulingGates}, {name: Picky}, {name: DefaultBinder}]
        """);
    Map<String, PluginFactory> registry = new HashMap<>(BuiltinPlugins.registry(c));
    registry.put("Picky", (args, context, profile) -> new Picky());
    Profile profile = new Profile(c.profiles().getFirst(), registry,
        new PluginContext(new ClusterState(), null, null, null, clock, new Random(1), SchedulerMetrics.NONE, null), List.of());
    queue = new SchedulingQueue(List.of(profile), c.backoff(), clock);
  }

  private static Pod pod(String name, int priority, String... gates) {
    PodBuilder b = new PodBuilder().withNewMetadata().withNamespace("ns").withName(name).withUid(name).endMetadata()
        .withNewSpec().withPriority(priority).endSpec();
    for (String g : gates) {
      b.editSpec().addNewSchedulingGate(g).endSpec();
    }
    return Pod.of(b.build());
  }

  private String pop() {
    return queue.pop().map(q -> q.pod().name()).orElse("nothing");
  }

  /** Takes the next pod and gives it back as turned down by the plugin. */
  private void turnDown() {
    QueuedPod q = queue.pop().orElseThrow();
    q.rejectedBy(Set.of("Picky"), Set.of());
    queue.putBack(q);
  }

  private List<String> drain() {
    List<String> out = new ArrayList<>();
    for (Optional<QueuedPod> q = queue.pop(); q.isPresent(); q = queue.pop()) {
      out.add(q.get().pod().name());
    }
    return out;
  }

  @Test
  void higher_priority_comes_first_then_who_waits_longer() {
    queue.add(pod("low", 1));
    clock.advance(Duration.ofSeconds(1));
    queue.add(pod("early", 5));
    clock.advance(Duration.ofSeconds(1));
    queue.add(pod("late", 5));
    assertThat(drain()).containsExactly("early", "late", "low");
  }

  @Test
  void an_unschedulable_pod_wakes_only_on_events_that_help_it() {
    queue.add(pod("a", 1));
    turnDown();
    clock.advance(Duration.ofSeconds(2));
    queue.happened(EventKind.of(Subject.ASSIGNED_POD, Action.DELETE), null, null);
    queue.happened(NODE_LABEL, "b", "b");
    assertThat(pop()).isEqualTo("nothing");
    queue.happened(NODE_LABEL, "a", "a");
    assertThat(pop()).isEqualTo("a");
  }

  @Test
  void an_event_during_the_attempt_is_not_lost() {
    queue.add(pod("a", 1));
    QueuedPod q = queue.pop().orElseThrow();
    queue.happened(NODE_ADD, null, "n");
    q.rejectedBy(Set.of("Picky"), Set.of());
    queue.putBack(q);
    assertThat(queue.sizes()).containsEntry("unschedulable", 0).containsEntry("backoff", 1);
  }

  @Test
  void a_pod_that_waits_for_something_outside_is_not_held_back() {
    queue.add(pod("a", 1));
    QueuedPod q = queue.pop().orElseThrow();
    q.rejectedBy(Set.of(), Set.of("Picky"));
    queue.putBack(q);
    queue.happened(NODE_ADD, null, "n");
    assertThat(queue.sizes()).containsEntry("active", 1);
  }

  @Test
  void errors_back_off_twice_as_long_each_time_but_not_beyond_the_maximum() {
    queue.add(pod("a", 1));
    long[] expected = {1, 2, 4, 8, 10, 10};
    for (long seconds : expected) {
      queue.putBack(queue.pop().orElseThrow());
      assertThat(pop()).as("an error's back-off is not cut short").isEqualTo("nothing");
      clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
      queue.flushBackoff();
      assertThat(queue.sizes()).as("before " + seconds + "s").containsEntry("active", 0);
      clock.advance(Duration.ofMillis(1));
      queue.flushBackoff();
      assertThat(queue.sizes()).as("after " + seconds + "s").containsEntry("active", 1);
    }
  }

  @Test
  void a_back_off_is_cut_short_when_nothing_else_is_to_be_done() {
    queue.add(pod("a", 1));
    turnDown();
    queue.happened(NODE_ADD, null, "n");
    assertThat(queue.sizes()).containsEntry("backoff", 1);
    queue.add(pod("b", 0));
    assertThat(drain()).containsExactly("b", "a");
  }

  @Test
  void unschedulable_pods_get_another_chance_after_five_minutes() {
    queue.add(pod("a", 1));
    turnDown();
    clock.advance(Duration.ofMinutes(5));
    queue.flushUnschedulable();
    assertThat(queue.sizes()).containsEntry("unschedulable", 1);
    clock.advance(Duration.ofSeconds(1));
    queue.flushUnschedulable();
    assertThat(queue.sizes()).containsEntry("active", 1);
  }

  @Test
  void gated_pods_wait_for_their_gates_and_only_for_these() {
    queue.add(pod("a", 1, "g1", "g2"));
    assertThat(queue.sizes()).containsEntry("gated", 1);
    queue.happened(NODE_ADD, null, "n");
    queue.update(pod("a", 1, "g1"));
    assertThat(queue.sizes()).containsEntry("gated", 1);
    queue.update(pod("a", 1));
    assertThat(pop()).isEqualTo("a");
  }

  @Test
  void pods_kept_out_by_a_plugin_are_asked_about_when_its_events_happen() {
    kept.add("a");
    queue.add(pod("a", 1));
    queue.happened(NODE_LABEL, "b", "b");
    assertThat(queue.sizes()).containsEntry("gated", 1);
    kept.clear();
    queue.happened(NODE_ADD, null, "n");
    assertThat(pop()).isEqualTo("a");
  }

  @Test
  void activation_ends_every_wait_but_not_that_of_kept_pods() {
    queue.add(pod("a", 1));
    turnDown();
    queue.activate("a");
    assertThat(pop()).isEqualTo("a");
    kept.add("b");
    queue.add(pod("b", 1));
    queue.activate("b");
    assertThat(queue.sizes()).containsEntry("gated", 1);
  }

  @Test
  void a_pod_deleted_while_it_is_tried_does_not_come_back() {
    queue.add(pod("a", 1));
    QueuedPod q = queue.pop().orElseThrow();
    queue.delete("a");
    q.rejectedBy(Set.of("Picky"), Set.of());
    queue.putBack(q);
    assertThat(queue.sizes().values()).containsOnly(0);
  }

  @Test
  void members_of_a_group_are_taken_along_wherever_they_wait() {
    queue.add(pod("first", 1));
    queue.add(pod("other", 1));
    turnDown();
    assertThat(queue.pop()).get().extracting(q -> q.pod().name()).isEqualTo("other");
    assertThat(queue.popAlso("first")).isPresent();
    assertThat(queue.popAlso("first")).as("already being tried").isEmpty();
    kept.add("kept");
    queue.add(pod("kept", 1));
    assertThat(queue.popAlso("kept")).isEmpty();
  }
}
