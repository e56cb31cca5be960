package io.kubrig.scheduler.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PlannerTest {
  /** Two nodes of 2 cpu: one tainted, one with a pod of 1500m; a pod waits that wants 1 cpu. */
  private static final String CLUSTER = """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Node
        metadata: {name: a, labels: {kubernetes.io/hostname: a}}
        spec: {taints: [{key: dedicated, value: db, effect: NoSchedule}]}
        status: {allocatable: {cpu: "2", memory: 4Gi, pods: "10"}}
      - apiVersion: v1
        kind: Node
        metadata: {name: b, labels: {kubernetes.io/hostname: b}}
        status: {allocatable: {cpu: "2", memory: 4Gi, pods: "10"}}
      - apiVersion: v1
        kind: Pod
        metadata: {name: there, namespace: default, uid: u1}
        spec: {nodeName: b, containers: [{name: c, image: i, resources: {requests: {cpu: 1500m}}}]}
      - apiVersion: v1
        kind: Pod
        metadata: {name: waits, namespace: default, uid: u2}
        spec: {containers: [{name: c, image: i, resources: {requests: {cpu: "1"}}}]}
      ---
      apiVersion: scheduling.k8s.io/v1
      kind: PriorityClass
      metadata: {name: high}
      value: 100
      """;

  private static Planner planner() {
    SchedulerConfiguration c = SchedulerConfiguration.standard();
    Planner planner = new Planner(c, BuiltinPlugins.registry(c), Clock.system(), new Random(1));
    planner.know(ClusterDump.objects(CLUSTER));
    return planner;
  }

  @Test
  void explains_every_nodes_objections_and_what_would_help() {
    Planner planner = planner();
    Explanation e = planner.explain(planner.pod("default", "waits").orElseThrow(), 10);
    assertThat(e.message()).isEqualTo("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s).");
    assertThat(e.rejections()).isEqualTo(Map.of("NodeResourcesFit", 1, "TaintToleration", 1));
    assertThat(e.changes()).extracting(Explanation.Change::what)
        .containsExactlyInAnyOrder("tolerate dedicated=db:NoSchedule", "ask for 500m less cpu (500m instead of 1)");
    assertThat(Report.of(e)).contains("It would fit if you", "evicting pods would not help");
  }

  @Test
  void names_all_changes_that_are_needed_together() {
    Planner planner = planner();
    planner.know(ClusterDump.objects("""
        {apiVersion: v1, kind: Pod, metadata: {name: big, namespace: default, uid: u3},
         spec: {nodeSelector: {disk: ssd}, containers: [{name: c, image: i, resources: {requests: {cpu: "3"}}}]}}
        """));
    Explanation e = planner.explain(planner.pod("default", "big").orElseThrow(), 10);
    assertThat(e.changes()).extracting(Explanation.Change::what)
        .containsExactly("drop the node selector and the required node affinity and ask for 2500m less cpu (500m instead of 3)");
  }

  @Test
  void explains_a_pod_that_has_a_node_as_if_it_had_none() {
    Planner planner = planner();
    Pod there = planner.pod("default", "there").orElseThrow();
    Explanation e = planner.explain(there, 10);
    assertThat(e.node()).isEqualTo("b");
    assertThat(e.verdicts().getFirst()).satisfies(v -> {
      assertThat(v.node()).isEqualTo("b");
      assertThat(v.fits()).isTrue();
      assertThat(v.scores()).containsKeys("NodeResourcesFit", "NodeResourcesBalancedAllocation");
      assertThat(v.total()).isEqualTo(v.scores().values().stream().mapToLong(s -> s.score() * s.weight()).sum());
    });
    assertThat(planner.pod("default", "there")).contains(there);
  }

  @Test
  void places_the_replicas_of_workloads_until_nothing_is_left() {
    var placements = planner().place(ClusterDump.pods("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: default}
        spec:
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {priorityClassName: high, containers: [{name: c, image: i, resources: {requests: {cpu: 200m}}}]}
        """));
    assertThat(placements).extracting(Planner.Placement::node).containsExactly("b", "b", null);
    assertThat(placements.getLast().message()).startsWith("0/2 nodes are available: 1 Insufficient cpu");
    assertThat(Report.of(placements)).endsWith("2 of 3 pods placed\n");
  }

  @Test
  void counts_how_many_fit_and_says_what_runs_out() {
    Planner.Capacity c = planner().capacity(ClusterDump.pods("""
        {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 100m}}}]}}
        """).getFirst(), 100);
    assertThat(c.count()).isEqualTo(5);
    assertThat(c.byNode()).isEqualTo(Map.of("b", 5));
    assertThat(c.shortOf()).containsEntry("Insufficient cpu", 1).containsEntry("node(s) had untolerated taint(s)", 1);
  }

  @Test
  void says_what_is_wrong_with_a_question() {
    assertThatThrownBy(() -> ClusterDump.pods("{apiVersion: v1, kind: Service, metadata: {name: s}}"))
        .isInstanceOf(QuestionException.class).hasMessage("Service s is neither a pod nor a workload");
    assertThatThrownBy(() -> planner().place(ClusterDump.pods(
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {schedulerName: other, containers: [{name: c, image: i}]}}")))
        .hasMessage("pod default/p wants the scheduler other, the configuration has default-scheduler");
  }
}
