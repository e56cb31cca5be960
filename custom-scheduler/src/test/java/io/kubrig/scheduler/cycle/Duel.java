package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.plain.PlainPlugins;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Two schedulers' minds, one fast and one plain, that see the same random cluster change and must always decide alike. */
final class Duel {
  private static final String HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
  private static final List<String> CONFIGURATIONS = List.of(HEAD, HEAD + """
      percentageOfNodesToScore: 40
      profiles:
      - pluginConfig:
        - name: InterPodAffinity
          args: {hardPodAffinityWeight: 7, ignorePreferredTermsOfExistingPods: true}
        - name: NodeResourcesFit
          args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 2}, {name: example.com/gpu, weight: 1}]}}
      """, HEAD + """
      profiles:
      - pluginConfig:
        - name: PodTopologySpread
          args:
            defaultingType: List
            defaultConstraints:
            - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule}
            - {maxSkew: 2, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}
      """);

  /** One of the two. */
  private static final class Mind {
    final ClusterState state = new ClusterState();
    final Map<String, Long> scores = new TreeMap<>();
    final Profile profile;
    final NodeFinder finder;
    CycleState cycle;

    Mind(SchedulerConfiguration c, Map<String, PluginFactory> registry, long seed, boolean remembers) {
      PluginContext context = new PluginContext(state, null, null, null, Clock.system(), new Random(seed), SchedulerMetrics.NONE, null);
      profile = new Profile(c.profiles().getFirst(), registry, context, List.of());
      finder = new NodeFinder(state, c.percentageOfNodesToScore(), new Random(seed),
          (pod, plugin, node, score) -> scores.put(plugin + " " + node, score), remembers);
    }

    Decision decide(Pod pod) {
      scores.clear();
      cycle = new CycleState();
      return finder.find(profile, cycle, pod);
    }
  }

  private final long seed;
  private final Random random;
  private final RandomCluster make;
  private final RandomVolumes volumes;
  private final Mind fast;
  private final Mind plain;
  private final int maxNodes;
  private final List<String> nodes = new ArrayList<>();
  private final List<Pod> there = new ArrayList<>();
  private final List<Pod.Spec> specs = new ArrayList<>();
  private final List<Labels> labels = new ArrayList<>();
  private int decisions;
  private int placed;

  Duel(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.make = new RandomCluster(random);
    this.volumes = new RandomVolumes(new Random(seed));
    SchedulerConfiguration c = SchedulerConfiguration.parse(make.pick(CONFIGURATIONS));
    this.fast = new Mind(c, BuiltinPlugins.registry(c), seed, true);
    this.plain = new Mind(c, PlainPlugins.registry(c), seed, false);
    this.maxNodes = make.oneIn(6) ? 130 : 4 + random.nextInt(30);
    if (seed % 3 == 0) {
      make.useVolumes(volumes);
      volumes.all().forEach(o -> both(s -> s.observe(o)));
      for (int i = 0; i < 4; i++) {
        HasMetadata limit = volumes.limit("n" + i);
        both(s -> s.observe(limit));
      }
    }
    for (int i = 0; i < 5; i++) {
      specs.add(make.spec());
      labels.add(make.podLabels());
    }
    if (make.oneIn(2)) {
      service();
    }
    RandomCluster.NAMESPACES.forEach(this::namespace);
    for (int i = 0; i < maxNodes - 2; i++) {
      node("n" + i);
    }
  }

  int decisions() {
    return decisions;
  }

  int placed() {
    return placed;
  }

  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      int what = random.nextInt(100);
      if (what < 70) {
        decide();
      } else if (what < 80) {
        change();
      } else if (what < 84 && seed % 3 == 0) {
        HasMetadata changed = volumes.another();
        both(s -> s.observe(changed));
      } else if (!there.isEmpty()) {
        changePod();
      }
    }
  }

  private void both(Consumer<ClusterState> change) {
    change.accept(fast.state);
    change.accept(plain.state);
  }

  private void decide() {
    if (make.oneIn(12)) {
      specs.set(random.nextInt(specs.size()), make.spec());
    }
    Pod pod = make.pod(make.pick(specs), make.pick(labels), make.pick(RandomCluster.NAMESPACES));
    if (make.oneIn(15) && !nodes.isEmpty()) {
      String node = make.pick(nodes);
      both(s -> s.nominations().add(pod, node));
    }
    Decision a = fast.decide(pod);
    Decision b = plain.decide(pod);
    decisions++;
    assertThat(told(a)).as("decision %d about %s, seed %d", decisions, pod.spec(), seed).isEqualTo(told(b));
    assertThat(nonZero(fast.scores)).as("scores for %s, seed %d", pod.spec(), seed).isEqualTo(nonZero(plain.scores));
    boolean filtered = a instanceof Decision.Placed || a instanceof Decision.NoFit n && !n.why().statuses().explicit().isEmpty();
    if (!nodes.isEmpty() && make.oneIn(4) && filtered) {
      tryOut(pod);
    }
    if (a instanceof Decision.Placed p) {
      placed++;
      Pod on = pod.on(p.node());
      both(s -> s.assume(on));
      if (make.oneIn(10)) {
        both(s -> s.forget(on));
        return;
      }
      there.add(on);
      if (make.oneIn(2)) {
        both(s -> s.observe(on));
      }
    }
  }

  /** A plugin without an opinion may as well say zero everywhere. */
  private static Map<String, Long> nonZero(Map<String, Long> scores) {
    Map<String, Long> out = new TreeMap<>(scores);
    out.values().removeIf(v -> v == 0);
    return out;
  }

  private static Object told(Decision d) {
    return switch (d) {
      case Decision.NoFit n -> List.of(n.why().message(), new TreeMap<>(n.why().statuses().explicit()), n.why().statuses().absent(),
          Set.copyOf(n.why().unschedulablePlugins()));
      case Decision.Failed f -> f.status().message();
      case Decision.Placed p -> List.of(p);
      case Decision.NoNodes n -> "no nodes";
    };
  }

  /** What preemption does: pods are taken from a copy of a node and put back, and the filters asked in between. */
  private void tryOut(Pod pod) {
    String name = make.pick(nodes);
    List<Pod> on = plain.state.node(name).map(NodeInfo::pods).orElse(List.of());
    List<Pod> some = new ArrayList<>(on.stream().filter(p -> make.oneIn(2)).toList());
    Pod more = make.pod(make.pick(specs), make.pick(labels), make.pick(RandomCluster.NAMESPACES)).on(name);
    assertThat(tryOut(fast, pod, name, some, more)).as("tried out without %s and with %s, seed %d", some, more.spec(), seed)
        .isEqualTo(tryOut(plain, pod, name, some, more));
  }

  private static List<Status> tryOut(Mind mind, Pod pod, String name, List<Pod> less, Pod more) {
    NodeInfo node = mind.state.node(name).orElseThrow().copy();
    CycleState trial = mind.cycle.copy();
    List<Status> out = new ArrayList<>();
    out.add(mind.profile.filterWithNominated(trial, pod, node));
    for (Pod p : less) {
      mind.profile.removePod(trial, pod, p, node);
      out.add(mind.profile.filterWithNominated(trial, pod, node));
    }
    CycleState second = trial.copy();
    mind.profile.addPod(trial, pod, more, node);
    out.add(mind.profile.filter(trial, pod, node));
    if (!less.isEmpty()) {
      mind.profile.addPod(second, pod, less.getFirst(), node);
      mind.profile.addPod(second, pod, more, node);
      out.add(mind.profile.filter(second, pod, node));
      mind.profile.removePod(second, pod, more, node);
      out.add(mind.profile.filter(second, pod, node));
    }
    mind.state.nodes().forEach(n -> out.add(mind.profile.filter(mind.cycle, pod, n)));
    return out;
  }

  private void change() {
    switch (random.nextInt(8)) {
      case 0 -> namespace(make.pick(RandomCluster.NAMESPACES));
      case 1 -> {
        if (nodes.size() > 2) {
          String gone = nodes.remove(random.nextInt(nodes.size()));
          both(s -> s.removeNode(gone));
        }
      }
      case 2, 3 -> node("n" + random.nextInt(maxNodes));
      case 4 -> service();
      default -> {
        if (!nodes.isEmpty()) {
          Node now = fast.state.node(make.pick(nodes)).orElseThrow().node();
          Node other = make.node(now.name());
          Node changed = new Node(now.name(), now.labels(), now.taints(), now.unschedulable(), other.allocatable(), other.allowedPods(),
              make.oneIn(3) ? other.images() : now.images(), now.declaredFeatures(), null);
          both(s -> s.observe(changed));
        }
      }
    }
  }

  private void changePod() {
    int at = random.nextInt(there.size());
    Pod pod = there.get(at);
    switch (random.nextInt(4)) {
      case 0, 1 -> {
        there.remove(at);
        both(s -> s.removePod(pod));
        both(s -> s.nominations().remove(pod));
      }
      case 2 -> replace(at, new Pod(pod.namespace(), pod.name(), pod.uid(), make.podLabels(), pod.spec(), pod.state(), null));
      default -> {
        Pod.State was = pod.state();
        replace(at, new Pod(pod.namespace(), pod.name(), pod.uid(), pod.labels(), pod.spec(),
            new Pod.State(was.nodeName(), null, "Running", null, Instant.EPOCH, null, null, false), null));
      }
    }
  }

  private void replace(int at, Pod pod) {
    there.set(at, pod);
    both(s -> s.observe(pod));
  }

  private void node(String name) {
    Node node = make.node(name);
    if (!nodes.contains(name)) {
      nodes.add(name);
    }
    both(s -> s.observe(node));
  }

  private void namespace(String name) {
    HasMetadata ns = new NamespaceBuilder().withNewMetadata().withName(name).addToLabels("team", make.oneIn(2) ? "a" : "b").endMetadata()
        .build();
    both(s -> s.observe(ns));
  }

  private void service() {
    HasMetadata service = new ServiceBuilder().withNewMetadata().withNamespace(make.pick(RandomCluster.NAMESPACES)).withName("s")
        .endMetadata()
        .withNewSpec().addToSelector("app", "web").endSpec().build();
    both(s -> s.observe(service));
  }
}
