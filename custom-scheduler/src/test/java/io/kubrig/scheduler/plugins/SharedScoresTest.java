package io.kubrig.scheduler.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Scores of one node that depend on other nodes: found by comparison with the native scheduler. */
class SharedScoresTest {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private final Map<String, Long> scores = new TreeMap<>();
  private final Scheduler scheduler;

  SharedScoresTest() {
    SchedulerConfiguration configuration = SchedulerConfiguration.standard();
    scheduler = new Scheduler(configuration, new Scheduler.Parts(cluster, Clock.system(), new Random(7),
        BuiltinPlugins.registry(configuration), List.of(), (pod, plugin, node, score) -> scores.put(plugin + " " + node, score),
        SchedulerMetrics.NONE, "test"));
    cluster.watch(scheduler.listener());
  }

  private void node(String name, String labels, String images) {
    create("{apiVersion: v1, kind: Node, metadata: {name: " + name + ", labels: {kubernetes.io/hostname: " + name + labels
        + "}}, status: {allocatable: {cpu: 8, memory: 8Gi, pods: 110}, images: [" + images + "]}}");
  }

  private void create(String yaml) {
    HasMetadata o = YAML.unmarshal("---\n" + yaml);
    cluster.create(o);
  }

  private void place(String metadata, String spec) {
    create("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ns" + metadata
        + "}, spec: {containers: [{name: c, image: 'example.com/app:1'}]" + spec + "}}");
    scheduler.loop().runUntilIdle(scheduler::scheduleOne);
  }

  private Map<String, Long> of(String plugin) {
    Map<String, Long> out = new TreeMap<>();
    scores.forEach((k, v) -> {
      if (k.startsWith(plugin + " ")) {
        out.put(k.substring(plugin.length() + 1), v);
      }
    });
    return out;
  }

  @Test
  void an_image_is_as_large_as_the_first_node_that_has_it_says() {
    node("n1", "", "{names: ['example.com/app:1'], sizeBytes: 524288000}");
    node("n2", "", "{names: ['example.com/app:1'], sizeBytes: 1000}");
    place("", "");
    assertThat(of("ImageLocality")).isEqualTo(Map.of("n1", 48L, "n2", 48L));
  }

  @Test
  void nodes_without_a_zone_are_a_domain_more_for_the_system_defaults() {
    create("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ns}, spec: {selector: {app: x}}}");
    node("n1", ", topology.kubernetes.io/zone: a", "");
    node("n2", ", topology.kubernetes.io/zone: b", "");
    node("n3", "", "");
    for (int i = 0; i < 7; i++) {
      create("{apiVersion: v1, kind: Pod, metadata: {name: b" + i + ", namespace: ns, labels: {app: x}}, spec: {nodeName: "
          + (i < 4 ? "n1" : i < 5 ? "n2" : "n3") + ", containers: [{name: c, image: i}]}}");
    }
    place(", labels: {app: x}", "");
    // crowds with ln(3 + 2) for both keys: n1 4*1.609*2 + 6 = 19, n2 1*1.609*2 + 6 = 9, n3 2*1.609 + 2 = 5
    assertThat(of("PodTopologySpread")).isEqualTo(Map.of("n1", 100L * (19 + 5 - 19) / 19, "n2", 100L * (19 + 5 - 9) / 19, "n3", 100L));
  }

  @Test
  void an_empty_selector_counts_no_pods() {
    node("n1", "", "");
    node("n2", "", "");
    create("{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: ns}, spec: {nodeName: n1, containers: [{name: c, image: i}]}}");
    place("", ", topologySpreadConstraints: [{maxSkew: 3, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway,"
        + " labelSelector: {}}]");
    assertThat(of("PodTopologySpread")).isEqualTo(Map.of("n1", 100L, "n2", 100L));
  }
}
