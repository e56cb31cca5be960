package io.kubrig.scheduler.cycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Throughput in process: {@code SchedulerBench NODES PODS WORKLOAD…}; pods wait before the scheduler starts. Prints pods per second. */
final class SchedulerBench {
  private static final Map<String, Quantity> NODE_SIZE =
      Map.of("cpu", new Quantity("4"), "memory", new Quantity("32Gi"), "pods", new Quantity("110"));

  private SchedulerBench() {}

  public static void main(String[] args) throws InterruptedException {
    for (String workload : List.of(args).subList(2, args.length)) {
      run(Integer.parseInt(args[0]), Integer.parseInt(args[1]), workload);
    }
  }

  private static void run(int nodes, int pods, String workload) throws InterruptedException {
    MemoryCluster cluster = new MemoryCluster(Clock.system());
    for (int i = 0; i < nodes; i++) {
      cluster.create(node(i));
    }
    for (int i = 0; i < pods; i++) {
      cluster.create(pod(i, workload));
    }
    SchedulerConfiguration configuration = SchedulerConfiguration.standard();
    Scheduler scheduler = new Scheduler(configuration, new Scheduler.Parts(cluster, Clock.system(), new Random(1),
        BuiltinPlugins.registry(configuration), List.of(), ScoreListener.NONE, SchedulerMetrics.NONE, "bench"));
    cluster.watch(scheduler.listener());
    long decided = Clock.system().nanos();
    int attempts = 0;
    scheduler.loop().runUntilIdle(() -> false);
    while (scheduler.scheduleOne()) {
      attempts++;
    }
    long deciding = Clock.system().nanos() - decided;
    while (cluster.list(Pod.class).stream().anyMatch(p -> p.getSpec().getNodeName() == null)
        && scheduler.loop().awaitTask(2000, scheduler::scheduleOne)) {
      // bindings come back
    }
    long all = Clock.system().nanos() - decided;
    System.out.printf("%s: %d nodes, %d pods: %.0f decisions/s, %.0f pods/s with bindings%n", workload, nodes, pods,
        attempts * 1e9 / deciding,
        pods * 1e9 / all);
    cluster.close();
  }

  private static Node node(int i) {
    return new NodeBuilder().withNewMetadata().withName("node-" + i).addToLabels("kubernetes.io/hostname", "node-" + i)
        .addToLabels("topology.kubernetes.io/zone", "zone-" + i % 3).endMetadata().withNewSpec().endSpec()
        .withNewStatus().withCapacity(NODE_SIZE).withAllocatable(NODE_SIZE).endStatus().build();
  }

  private static Pod pod(int i, String workload) {
    PodBuilder pod = new PodBuilder().withNewMetadata().withNamespace("default").withName("pod-" + i).addToLabels("app", workload)
        .endMetadata()
        .withNewSpec().addNewContainer().withName("c").withImage("registry.example/app:1").withNewResources()
        .addToRequests("cpu", new Quantity("100m")).addToRequests("memory", new Quantity("500Mi")).endResources().endContainer().endSpec();
    switch (workload) {
      case "basic" -> { }
      case "spread" -> pod.editSpec().addNewTopologySpreadConstraint().withMaxSkew(5).withTopologyKey("topology.kubernetes.io/zone")
          .withWhenUnsatisfiable("DoNotSchedule").withNewLabelSelector().addToMatchLabels("app", workload).endLabelSelector()
          .endTopologySpreadConstraint().endSpec();
      case "affinity" -> pod.editSpec().withNewAffinity().withNewPodAffinity().addNewRequiredDuringSchedulingIgnoredDuringExecution()
          .withTopologyKey("topology.kubernetes.io/zone").withNewLabelSelector().addToMatchLabels("app", workload).endLabelSelector()
          .endRequiredDuringSchedulingIgnoredDuringExecution().endPodAffinity().endAffinity().endSpec();
      case "anti-affinity" -> pod.editSpec().withNewAffinity().withNewPodAntiAffinity()
          .addNewRequiredDuringSchedulingIgnoredDuringExecution()
          .withTopologyKey("kubernetes.io/hostname").withNewLabelSelector().addToMatchLabels("app", workload).endLabelSelector()
          .endRequiredDuringSchedulingIgnoredDuringExecution().endPodAntiAffinity().endAffinity().endSpec();
      default -> throw new IllegalArgumentException("no workload " + workload);
    }
    return pod.build();
  }
}
