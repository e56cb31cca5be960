package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.ExtenderException;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import io.kubrig.scheduler.state.NodeInfo;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * An hour of virtual time ({@code -Dsoak=MINUTES} for another) in which nodes, pods, labels, taints, budgets and volumes come and go, an
 * extender and one write in thirteen fail, and leaders stop or die at work. No pod is lost or bound twice, no node takes more than it has,
 * nothing waits without need, and the heap does not grow.
 * {@code -Dseed=N} repeats one.
 */
class SoakTest {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final long SEED = Long.getLong("seed", 1);
  private static final int MINUTES = Integer.getInteger("soak", 60);
  private static final Duration STEP = Duration.ofSeconds(10);
  private static final int CHANGES_A_STEP = 5;
  private static final int MOST_NODES = 30;
  private static final int MOST_PODS = 150;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CPUS = 8;
  /** Of the heap in half the time. Unit: bytes. What the cluster has at one moment is some two megabytes more or less than at another. */
  private static final long MOST_GROWTH = 4 << 20;

  private final Random random = new Random(SEED);
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final MemoryCluster cluster = new MemoryCluster(clock);
  private final Map<String, String> nodeByUid = new ConcurrentHashMap<>();
  private final List<String> boundTwice = new CopyOnWriteArrayList<>();
  private Scheduler scheduler;
  private UnreliableApi api;
  private Thread thread;
  private boolean calm;
  private int serial;

  /** Asked about every fourth pod; fails one time in five while there is churn. */
  private final class Moody implements Extender {
    @Override
    public String name() {
      return "moody";
    }

    @Override
    public boolean isInterested(io.kubrig.scheduler.model.Pod pod) {
      return pod.name().hashCode() % 4 == 0;
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
      return false;
    }

    @Override
    public boolean binds() {
      return false;
    }

    @Override
    public boolean preempts() {
      return false;
    }

    @Override
    public int weight() {
      return 1;
    }

    @Override
    public Filtered filter(io.kubrig.scheduler.model.Pod pod, List<NodeInfo> nodes) throws ExtenderException {
      if (!calm && nodes.hashCode() % 5 == 0) {
        throw new ExtenderException("in a bad mood");
      }
      return new Filtered(nodes.stream().map(NodeInfo::name).toList(), Map.of(), Map.of());
    }

    @Override
    public Map<String, Long> prioritize(io.kubrig.scheduler.model.Pod pod, List<NodeInfo> nodes) {
      return Map.of();
    }

    @Override
    public Map<String, Victims> preempt(io.kubrig.scheduler.model.Pod pod, Map<String, Victims> candidates) {
      return candidates;
    }

    @Override
    public void bind(io.kubrig.scheduler.model.Pod pod, String node) {}
  }

  /** Notes where pods go. */
  private final class Witness implements ClusterApi.Listener {
    @Override
    public void added(HasMetadata object) {
      updated(object);
    }

    @Override
    public void updated(HasMetadata object) {
      if (object instanceof Pod p && p.getSpec().getNodeName() != null) {
        String before = nodeByUid.put(p.getMetadata().getUid(), p.getSpec().getNodeName());
        if (before != null && !before.equals(p.getSpec().getNodeName())) {
          boundTwice.add(p.getMetadata().getName());
        }
      }
    }

    @Override
    public void deleted(HasMetadata object) {
      nodeByUid.remove(object.getMetadata().getUid());
    }
  }

  private void lead() {
    cluster.watch(new Witness());
    SchedulerConfiguration c = SchedulerConfiguration.standard();
    api = new UnreliableApi(cluster, random.nextLong());
    scheduler = new Scheduler(c, new Scheduler.Parts(api, clock, new Random(random.nextLong()), BuiltinPlugins.registry(c),
        List.of(new Moody()), ScoreListener.NONE, SchedulerMetrics.NONE, "soak"));
    scheduler.loop().post(() -> {});
    thread = Thread.ofPlatform().name("soaked-scheduler").start(() -> {
      try {
        scheduler.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  /** The leader stops, or its process dies with bindings under way. */
  private void lose(boolean suddenly) throws InterruptedException {
    if (suddenly) {
      api.kill();
    }
    scheduler.stop();
    thread.join();
  }

  private void pass(Duration time) throws InterruptedException {
    Instant target = clock.now().plus(time);
    do {
      assertThat(clock.tally().awaitIdle(PATIENCE))
          .as("still at work at %s, seed %d: %s", clock.now(), SEED, clock.tally().open()).isTrue();
      bindClaims();
      assertThat(clock.tally().awaitIdle(PATIENCE)).isTrue();
    } while (clock.advanceToNext(target));
  }

  private void create(String yaml) {
    HasMetadata o = YAML.unmarshal("---\n" + yaml);
    cluster.create(o);
  }

  private void node() {
    String name = "node-" + serial++;
    create("{apiVersion: v1, kind: Node, metadata: {name: " + name + ", labels: {kubernetes.io/hostname: " + name + ", zone: z" + serial % 3
        + "}}, status: {allocatable: {cpu: " + CPUS + ", memory: 32Gi, pods: 110}}}");
  }

  private void pod() {
    String name = "pod-" + serial++;
    String volumes = "";
    if (random.nextInt(6) == 0) {
      create("{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv-" + name + "}, spec: {storageClassName: local, capacity:"
          + " {storage: 1Gi}, accessModes: [ReadWriteOnce], local: {path: /x}}, status: {phase: Available}}");
      create("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: " + name + ", namespace: ns}, spec: {storageClassName: local,"
          + " accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}, status: {phase: Pending}}");
      volumes = ", volumes: [{name: v, persistentVolumeClaim: {claimName: " + name + "}}]";
    }
    String gates = random.nextInt(10) > 0 ? "" : ", schedulingGates: [{name: wait}]";
    String apart = random.nextInt(8) > 0 ? "" : ", affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey:"
        + " kubernetes.io/hostname, labelSelector: {matchLabels: {app: b}}}]}}";
    String port = random.nextInt(10) > 0 ? "" : ", ports: [{containerPort: 80, hostPort: 80}]";
    String spread = random.nextInt(4) > 0 ? "" : ", topologySpreadConstraints: [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable:"
        + (random.nextBoolean() ? " ScheduleAnyway" : " DoNotSchedule") + ", labelSelector: {matchLabels: {app: a}}}]";
    create("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", namespace: ns, labels: {app: " + (apart.isEmpty() ? "a" : "b")
        + "}}, spec: {priority: " + random.nextInt(3) + ", containers: [{name: c, image: i, resources: {requests: {cpu: "
        + (1 + random.nextInt(3)) + "}}" + port + "}]" + volumes + spread + gates + apart + "}}");
  }

  /** Plays the volume controller: completes what the scheduler has begun. */
  private void bindClaims() {
    for (PersistentVolume v : cluster.list(PersistentVolume.class)) {
      if (v.getSpec().getClaimRef() != null && !"Bound".equals(v.getStatus().getPhase())) {
        String claim = v.getSpec().getClaimRef().getName();
        cluster.patch(PersistentVolume.class, null, v.getMetadata().getName(), Map.of("status", Map.of("phase", "Bound")));
        if (cluster.find(PersistentVolumeClaim.class, "ns", claim).isPresent()) {
          cluster.patch(PersistentVolumeClaim.class, "ns", claim, Map.of("metadata", Map.of("annotations",
              Map.of("pv.kubernetes.io/bind-completed", "yes")), "spec", Map.of("volumeName", v.getMetadata().getName()), "status",
              Map.of("phase", "Bound")));
        }
      }
    }
  }

  /** Plays the volume controller and the server, which forget what nobody needs: what is left in memory is the scheduler's. */
  private void forget() {
    cluster.list(Event.class).forEach(e -> cluster.delete(e, 0L));
    for (PersistentVolumeClaim c : cluster.list(PersistentVolumeClaim.class)) {
      String pod = c.getMetadata().getName();
      if (cluster.find(Pod.class, "ns", pod).isEmpty()) {
        cluster.delete(c, 0L);
        cluster.find(PersistentVolume.class, null, "pv-" + pod).ifPresent(v -> cluster.delete(v, 0L));
      }
    }
  }

  /** Bytes in use after the garbage has gone. */
  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private void churn() throws InterruptedException {
    List<Node> nodes = cluster.list(Node.class);
    List<Pod> pods = cluster.list(Pod.class);
    switch (random.nextInt(14)) {
      case 0 -> {
        if (nodes.size() < MOST_NODES) {
          node();
        }
      }
      case 1 -> {
        if (nodes.size() > MOST_NODES / 3) {
          Node gone = any(nodes);
          cluster.delete(gone, 0L);
          pods.stream().filter(p -> gone.getMetadata().getName().equals(p.getSpec().getNodeName())).forEach(p -> cluster.delete(p, 0L));
        }
      }
      case 2 -> taint(any(nodes), List.of(Map.of("key", "k", "effect", "NoSchedule")));
      case 3 -> taint(any(nodes), List.of());
      case 4, 5 -> {
        for (int i = 0; i < 4 && !pods.isEmpty(); i++) {
          cluster.find(Pod.class, "ns", any(pods).getMetadata().getName()).ifPresent(p -> cluster.delete(p, 0L));
        }
      }
      case 6 -> {
        if (random.nextInt(10) == 0) {
          boolean suddenly = random.nextBoolean();
          for (int i = 0; suddenly && i < 5; i++) {
            pod();
          }
          lose(suddenly);
          lead();
        }
      }
      case 7 -> cordon(any(nodes), random.nextBoolean());
      case 8 -> cluster.patch(Node.class, null, any(nodes).getMetadata().getName(),
          Map.of("metadata", Map.of("labels", Map.of("zone", "z" + random.nextInt(3)))));
      case 9 -> budget();
      case 10 -> pods.stream().filter(SoakTest::isGated).findFirst().ifPresent(this::ungate);
      default -> {
        for (int i = random.nextInt(6); i >= 0 && pods.size() + i < MOST_PODS; i--) {
          pod();
        }
      }
    }
    cluster.list(Pod.class).stream().filter(p -> p.getMetadata().getDeletionTimestamp() != null).forEach(p -> cluster.delete(p, 0L));
  }

  private static boolean isGated(Pod pod) {
    return pod.getSpec().getSchedulingGates() != null && !pod.getSpec().getSchedulingGates().isEmpty();
  }

  private void ungate(Pod pod) {
    cluster.patch(Pod.class, "ns", pod.getMetadata().getName(), Map.of("spec", Map.of("schedulingGates", List.of())));
  }

  private void cordon(Node node, boolean shut) {
    cluster.patch(Node.class, null, node.getMetadata().getName(), Map.of("spec", Map.of("unschedulable", shut)));
  }

  private void budget() {
    cluster.list(PodDisruptionBudget.class).forEach(b -> cluster.delete(b, 0L));
    create("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: budget-" + serial++ + ", namespace: ns}, spec: {selector:"
        + " {matchLabels: {app: a}}}, status: {disruptionsAllowed: " + random.nextInt(3) + "}}");
  }

  private void taint(Node node, List<Map<String, String>> taints) {
    cluster.patch(Node.class, null, node.getMetadata().getName(), Map.of("spec", Map.of("taints", taints)));
  }

  private void check() {
    assertThat(boundTwice).as("bound twice, seed %d", SEED).isEmpty();
    Map<String, Integer> cpus = new HashMap<>();
    for (Pod p : cluster.list(Pod.class)) {
      if (p.getSpec().getNodeName() != null) {
        int cpu = Integer.parseInt(p.getSpec().getContainers().getFirst().getResources().getRequests().get("cpu").getAmount());
        cpus.merge(p.getSpec().getNodeName(), cpu, Integer::sum);
      }
    }
    assertThat(cpus).as("cpus by node, seed %d", SEED).allSatisfy((node, sum) -> assertThat(sum).isLessThanOrEqualTo(CPUS));
  }

  @Test
  void no_pod_is_lost_or_bound_twice_and_nothing_is_left_behind() throws InterruptedException {
    create("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local}, provisioner: kubernetes.io/no-provisioner,"
        + " volumeBindingMode: WaitForFirstConsumer}");
    for (int i = 0; i < MOST_NODES / 2; i++) {
      node();
    }
    lead();
    long steps = MINUTES * 60 / STEP.toSeconds();
    List<Long> heaps = new ArrayList<>();
    for (int step = 1; step <= steps; step++) {
      for (int i = 0; i < CHANGES_A_STEP; i++) {
        churn();
      }
      pass(STEP);
      check();
      forget();
      if (step % (steps / 6) == 0) {
        heaps.add(heap());
      }
    }
    long first = heaps.subList(0, 3).stream().mapToLong(h -> h).max().orElseThrow();
    long last = heaps.subList(heaps.size() - 2, heaps.size()).stream().mapToLong(h -> h).min().orElseThrow();
    assertThat(last - first).as("bytes that the second half has added, seed %d: %s", SEED, heaps).isLessThan(MOST_GROWTH);
    calm = true;
    api.calm();
    cluster.list(Pod.class).stream().filter(SoakTest::isGated).forEach(this::ungate);
    cluster.list(Node.class).forEach(n -> cordon(n, false));
    int waiting = (int) cluster.list(Pod.class).stream().filter(p -> p.getSpec().getNodeName() == null).count();
    cluster.list(Node.class).forEach(n -> taint(n, List.of()));
    for (int i = 0; i <= 3 * waiting; i++) { // in each zone as many as could be wanted there
      node();
    }
    pass(Duration.ofMinutes(11));
    check();
    List<Pod> pods = cluster.list(Pod.class);
    assertThat(pods).as("seed %d", SEED).isNotEmpty().allSatisfy(p -> assertThat(p.getSpec().getNodeName()).isNotNull());
    lose(false);
    assertThat(scheduler.queue().sizes().values()).as("queues, seed %d", SEED).containsOnly(0);
    assertThat(scheduler.state().podCount()).as("pods remembered, seed %d", SEED).isEqualTo(pods.size());
  }
}
