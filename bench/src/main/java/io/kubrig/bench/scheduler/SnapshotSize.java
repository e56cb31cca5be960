package io.kubrig.bench.scheduler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How much memory one snapshot takes: {@code SnapshotSize [NODES [PODS]]}, by default 15,000 and 150,000. The scheduler hears of nodes with
 * forty images each and of pods on them from a thousand templates, every object parsed from JSON as a watch would, and then decides about
 * pods with affinity, spreading and none. Prints a JSON object.
 */
public final class SnapshotSize {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final int TEMPLATES = 1000;
  private static final int IMAGES = 40;
  private static final int DECISIONS = 300;

  private final MemoryCluster cluster = new MemoryCluster(Clock.system()); // holds only the pods to be decided about
  private final Scheduler scheduler;

  private SnapshotSize() {
    SchedulerConfiguration configuration = SchedulerConfiguration.standard();
    scheduler = new Scheduler(configuration, new Scheduler.Parts(cluster, Clock.system(), new Random(1),
        BuiltinPlugins.registry(configuration), List.of(), ScoreListener.NONE, SchedulerMetrics.NONE, "bench"));
    cluster.watch(scheduler.listener());
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int nodes = args.length > 0 ? Integer.parseInt(args[0]) : 15_000;
    int pods = args.length > 1 ? Integer.parseInt(args[1]) : 150_000;
    SnapshotSize s = new SnapshotSize();
    s.fill(nodes, pods);
    long filled = resident();
    long begun = System.nanoTime();
    int placed = s.decide();
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.gc();
    Runtime r = Runtime.getRuntime();
    System.out.printf("{\"nodes\":%d,\"pods\":%d,\"residentMiB\":%d,\"residentFilledMiB\":%d,\"peakMiB\":%d,\"heapInUseMiB\":%d,"
        + "\"decided\":%d,\"millisEach\":%.1f}%n", nodes, pods, resident(), filled, status("VmHWM"),
        (r.totalMemory() - r.freeMemory()) >> 20, placed,
        seconds * 1000 / placed);
    System.exit(0); // the writers of bindings need not end
  }

  private static long resident() throws IOException {
    return status("VmRSS");
  }

  /** A line of this process's status, in MiB. */
  private static long status(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith(name + ":"))
        .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) >> 10).findFirst().orElse(0);
  }

  private void fill(int nodes, int pods) {
    for (int i = 0; i < nodes; i++) {
      scheduler.listener().added(JSON.unmarshal(JSON.asJson(node(i)), Node.class));
      work(i);
    }
    for (int i = 0; i < pods; i++) {
      scheduler.listener().added(JSON.unmarshal(pod("pod-" + i, i % TEMPLATES, "node-" + i % nodes), Pod.class));
      work(i);
    }
    work(0);
  }

  private void work(int i) {
    if (i % 1000 == 0) {
      scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    }
  }

  private static Node node(int i) {
    NodeBuilder b = new NodeBuilder().withNewMetadata().withName("node-" + i).addToLabels("kubernetes.io/hostname", "node-" + i)
        .addToLabels("topology.kubernetes.io/zone", "zone-" + i % 9)
        .addToLabels("node.kubernetes.io/instance-type", "m" + i % 5).endMetadata();
    b.withNewSpec().endSpec().withNewStatus().endStatus();
    for (int image = 0; image < IMAGES; image++) {
      int number = (i * 7 + image * 13) % 500;
      b.editStatus().addNewImage().addToNames("registry.example/images/application-" + number + ":v1")
          .withSizeBytes(50_000_000L + number).endImage().endStatus();
    }
    Node node = b.build();
    node.getStatus().setAllocatable(Map.of("cpu", new Quantity("16"),
        "memory", new Quantity("64Gi"), "pods", new Quantity("110")));
    return node;
  }

  private static String pod(String name, int template, String node) {
    String rules = switch (template % 4) {
      case 0 -> ", \"affinity\": {\"podAntiAffinity\": {\"requiredDuringSchedulingIgnoredDuringExecution\": [{\"topologyKey\":"
          + " \"kubernetes.io/hostname\", \"labelSelector\": {\"matchLabels\": {\"app\": \"a" + template + "\"}}}]}}";
      case 1 -> ", \"topologySpreadConstraints\": [{\"maxSkew\": 5, \"topologyKey\": \"topology.kubernetes.io/zone\","
          + " \"whenUnsatisfiable\": \"ScheduleAnyway\", \"labelSelector\": {\"matchLabels\": {\"app\": \"a" + template + "\"}}}]";
      default -> "";
    };
    String place = node == null ? "" : ", \"nodeName\": \"" + node + "\"";
    return "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"" + name + "\", \"namespace\": \"ns-" + template % 50
        + "\", \"uid\": \"" + name + "\", \"labels\": {\"app\": \"a" + template + "\"}}, \"spec\": {"

        + "\"schedulerName\": \"default-scheduler\","
        + " \"containers\": [{\"name\": \"c\", \"image\": \"registry.example/images/application-" + template % 500 + ":v1\","
        + " \"resources\": {\"requests\": {\"cpu\": \"500m\", \"memory\": \"1Gi\"}}}]" + rules + place + "}, \"status\": {\"phase\": \""
        + (node == null ? "Pending" : "Running") + "\"}}";
  }

  /** Decides about pods; returns how many. */
  private int decide() throws InterruptedException {
    for (int i = 0; i < DECISIONS; i++) {
      cluster.create(JSON.unmarshal(pod("new-" + i, i % TEMPLATES, null), Pod.class));
    }
    while (cluster.list(Pod.class).stream().anyMatch(p -> p.getSpec().getNodeName() == null)) {
      scheduler.loop().awaitTask(10, scheduler::scheduleOne);
    }
    return DECISIONS;
  }
}
