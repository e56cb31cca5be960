package io.kubrig.scheduler.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
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
    return planner(List.of());
  }

  private static Planner planner(List<Extender> extenders) {
    SchedulerConfiguration c = SchedulerConfiguration.standard();
    Planner planner = new Planner(c, BuiltinPlugins.registry(c), extenders, Clock.system(), new Random(1));
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
        .containsExactlyInAnyOrder("tolerate dedicated=db:NoSchedule",
            "ask for 500m less cpu (500m instead of 1)",
            "have priority 1 or more (evicting default/there)");
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

  private static final String IMPORTANT = """
      {apiVersion: v1, kind: Pod, metadata: {name: important, namespace: default, uid: u9},
       spec: {priority: 7, containers: [{name: c, image: i, resources: {requests: {cpu: "1"}}}]}}
      """;

  @Test
  void tells_who_would_have_to_leave() {
    Planner planner = planner();
    planner.know(ClusterDump.objects(IMPORTANT));
    Explanation e = planner.explain(planner.pod("default", "important").orElseThrow(), 10);
    assertThat(e.preemption()).isEqualTo(new Explanation.Preemption("b", List.of(new Explanation.Victim("default/there", 0)), 0, ""));
    assertThat(Report.of(e)).contains("Room can be made on node b by evicting default/there (priority 0)");
  }

  @Test
  void tells_from_which_priority_on_somebody_would_leave() {
    Planner planner = planner();
    Explanation e = planner.explain(planner.pod("default", "waits").orElseThrow(), 10);
    assertThat(e.preemption().node()).isNull();
    assertThat(e.preemption().message()).isEqualTo("0/2 nodes are available: 1 No preemption victims found for incoming pod, "
        + "1 Preemption is not helpful for scheduling.");
    assertThat(e.changes()).contains(new Explanation.Change("have priority 1 or more (evicting default/there)", List.of("b"), 1));
  }

  @Test
  void a_policy_that_forbids_evicting_is_named() {
    Planner planner = planner();
    planner.know(ClusterDump.objects(IMPORTANT.replace("priority: 7", "priority: 7, preemptionPolicy: Never")));
    Explanation e = planner.explain(planner.pod("default", "important").orElseThrow(), 10);
    assertThat(e.preemption().message()).isEqualTo("not eligible due to preemptionPolicy=Never.");
    assertThat(e.changes()).extracting(Explanation.Change::what)
        .contains("let preemptionPolicy be PreemptLowerPriority (evicting default/there)");
  }

  @Test
  void what_was_kept_under_an_older_definition_can_still_be_told() {
    Explanation e = new KubernetesSerialization().unmarshal("""
        {"pod": "ns/p", "scheduler": "default-scheduler", "message": "no room", "nodes": 1, "rejections": {"NodeResourcesFit": 1}}
        """, Explanation.class);
    assertThat(e.evictions()).isEmpty();
    assertThat(Report.of(e)).startsWith("Pod ns/p has no node. ").contains("no room").doesNotContain("evict");
  }

  @Test
  void evicts_in_mind_when_it_is_asked_to() {
    String two = IMPORTANT + "---\n" + IMPORTANT.replace("important", "second").replace("u9", "u10");
    assertThat(planner().place(ClusterDump.pods(two))).extracting(Planner.Placement::node).containsOnlyNulls();
    List<Planner.Placement> placed = planner().evicting().place(ClusterDump.pods(two));
    assertThat(placed).containsExactly(
        new Planner.Placement("default/important", "b", "", List.of(new Explanation.Victim("default/there", 0))),
        new Planner.Placement("default/second", "b", "", List.of()));
    assertThat(Report.of(placed)).contains("b  evicts default/there (priority 0)", "2 of 2 pods placed");
    String third = IMPORTANT.replace("important", "third").replace("\"1\"", "3");
    assertThat(planner().evicting().place(ClusterDump.pods(third)).getFirst().message()).contains("preemption: 0/2 nodes are available");
  }

  @Test
  void extenders_are_asked_to_filter_and_to_prioritize_and_nothing_else() {
    Planner planner = planner(List.of(new Picky()));
    String small = "{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: default, uid: %s}, spec: {tolerations: [{operator: Exists}],"
        + " containers: [{name: c, image: i, resources: {requests: {cpu: 100m}}}]}}";
    planner.know(ClusterDump.objects(small.formatted("liked", "u11") + "\n---\n" + small.formatted("disliked", "u12")));
    Explanation liked = planner.explain(planner.pod("default", "liked").orElseThrow(), 10);
    assertThat(liked.verdicts().getFirst()).satisfies(v -> {
      assertThat(v.node()).isEqualTo("b");
      assertThat(v.scores()).containsEntry("picky", new Explanation.Score(100, 5));
      assertThat(v.total()).isEqualTo(v.scores().values().stream().mapToLong(s -> s.score() * s.weight()).sum());
    });
    Explanation disliked = planner.explain(planner.pod("default", "disliked").orElseThrow(), 10);
    assertThat(disliked.message()).isEqualTo("0/2 nodes are available: 2 not my kind of pod.");
    assertThat(disliked.rejections()).isEqualTo(Map.of("picky", 2));
    assertThat(disliked.preemption().message()).as("who says it is final").contains("Preemption is not helpful");
    assertThat(planner.place(planner.pod("default", "liked").orElseThrow()).node()).isEqualTo("b");
    assertThat(planner.place(planner.pod("default", "disliked").orElseThrow()).message()).contains("not my kind of pod");
  }

  /** Wants node b by all means, and no pod named disliked anywhere. */
  private static final class Picky implements Extender {
    @Override
    public String name() {
      return "picky";
    }

    @Override
    public boolean isInterested(Pod pod) {
      return true;
    }

    @Override
    public boolean isIgnorable() {
      return false;
    }

    @Override
    public boolean filters() {
      return true;
    }

    @Override
    public boolean prioritizes() {
      return true;
    }

    @Override
    public boolean binds() {
      return true;
    }

    @Override
    public boolean preempts() {
      return true;
    }

    @Override
    public int weight() {
      return 5;
    }

    @Override
    public Filtered filter(Pod pod, List<NodeInfo> nodes) {
      List<String> names = nodes.stream().map(NodeInfo::name).toList();
      return pod.name().equals("disliked")
          ? new Filtered(List.of(), Map.of(), names.stream().collect(Collectors.toMap(n -> n, n -> "not my kind of pod")))
          : new Filtered(names, Map.of(), Map.of());
    }

    @Override
    public Map<String, Long> prioritize(Pod pod, List<NodeInfo> nodes) {
      return nodes.stream().collect(Collectors.toMap(NodeInfo::name, n -> n.name().equals("b") ? 10L : 0L));
    }

    @Override
    public Map<String, Victims> preempt(Pod pod, Map<String, Victims> candidates) {
      throw new AssertionError("must not be asked to preempt");
    }

    @Override
    public void bind(Pod pod, String node) {
      throw new AssertionError("must not be asked to bind");
    }
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
