package io.kubrig.scheduler.plugins.defaultpreemption;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VictimSearchTest {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final long SEED = Long.getLong("seed", 1);

  private final Random random = new Random(SEED);
  private final ClusterState cluster = new ClusterState();
  private final Profile profile;
  private final List<Pod> there = new ArrayList<>();
  private int serial;

  VictimSearchTest() {
    SchedulerConfiguration c = SchedulerConfiguration.standard();
    PluginContext context = new PluginContext(cluster, null, null, null, Clock.system(), random, SchedulerMetrics.NONE, null);
    profile = new Profile(c.profiles().getFirst(), BuiltinPlugins.registry(c), context, List.of());
  }

  private static <T extends HasMetadata> T read(String yaml) {
    return YAML.unmarshal("---\n" + yaml);
  }

  private Pod pod(int cpu, int priority, String more) {
    String name = "p" + serial++;
    io.fabric8.kubernetes.api.model.Pod p = read("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", namespace: ns, uid: " + name
        + ", labels: {app: a" + cpu + "}}, spec: {priority: " + priority + ", containers: [{name: c, image: i, resources: {requests: {cpu: "
        + cpu + "}}}]" + more + "}}");
    return Pod.of(p);
  }

  private void node(int i) {
    io.fabric8.kubernetes.api.model.Node n = read("{apiVersion: v1, kind: Node, metadata: {name: n" + i + ", labels: {zone: z" + i % 3
        + "}}, status: {allocatable: {cpu: " + (2 + random.nextInt(5)) + ", memory: 8Gi, pods: 110}}}");
    cluster.observe(Node.of(n));
  }

  private void change() {
    String node = "n" + random.nextInt(8);
    switch (random.nextInt(6)) {
      case 0, 1, 2 -> {
        Pod p = pod(1 + random.nextInt(2), random.nextInt(3), random.nextInt(9) > 0 ? ""
            : ", affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: "
                + "{matchLabels: {app: a2}}}]}}").on(node);
        there.add(p);
        cluster.observe(p);
      }
      case 3 -> {
        if (!there.isEmpty()) {
          Pod gone = there.remove(random.nextInt(there.size()));
          cluster.removePod(gone);
          cluster.nominations().remove(gone);
        }
      }
      case 4 -> cluster.nominations().add(pod(1, 1 + random.nextInt(3), ""), node);
      default -> {
        if (random.nextInt(4) == 0) {
          node(random.nextInt(8));
        } else if (random.nextInt(4) == 0) {
          HasMetadata budget = read("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b, namespace: ns}, spec: {selector:"
              + " {matchLabels: {app: a1}}}, status: {disruptionsAllowed: " + random.nextInt(3) + "}}");
          cluster.observe(budget);
        }
      }
    }
  }

  @Test
  void what_is_remembered_is_what_would_be_found_anew() {
    for (int i = 0; i < 8; i++) {
      node(i);
    }
    VictimSearch remembering = new VictimSearch(cluster, profile);
    VictimSearch forgetful = new VictimSearch(cluster, profile, false);
    List<Pod> preemptors = List.of(pod(2, 2, ""), pod(3, 3, ""), pod(1, 1, ""));
    int fits = 0;
    for (int step = 0; step < 600; step++) {
      change();
      Pod p = preemptors.get(random.nextInt(preemptors.size()));
      CycleState state = new CycleState();
      profile.preFilter(state, p, cluster.nodes());
      VictimSearch.Round quick = remembering.round(state, p);
      VictimSearch.Round anew = forgetful.round(state, p);
      for (NodeInfo n : cluster.nodes()) {
        VictimSearch.Outcome found = quick.on(n);
        assertThat(found).as("step %d, node %s, seed %d", step, n, SEED).isEqualTo(anew.on(n));
        fits += found instanceof VictimSearch.Outcome.Fits ? 1 : 0;
      }
    }
    assertThat(fits).isGreaterThan(40);
  }
}
