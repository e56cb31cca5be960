package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerCondition;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerStatus;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.deployment.DeploymentController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.horizontalpodautoscaler.HorizontalPodAutoscalerController;
import io.kubrig.operators.replicas.ReplicaController;
import io.kubrig.operators.replicaset.ReplicaSets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** A Deployment whose autoscaler keeps its pods half busy with a load that changes, as do its bounds; users resize it, too. */
final class ScalingStory implements Story {
  private static final int REQUEST = 100; // thousandths of a processor, of each pod
  private static final int TARGET = 50; // per cent
  private static final double TOLERANCE = 0.1;

  private final TreeMap<Long, List<Integer>> bounds = new TreeMap<>(); // least and most, by revision
  private final List<Integer> calmSizes = new ArrayList<>();
  private ToLongFunction<Class<? extends HasMetadata>> seen = kind -> 0;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int load = 120; // of all pods together
  private boolean users; // whether it is a user who acts
  private boolean calm;

  @Override
  public List<Function<ControllerContext, Controller>> controllers() {
    return List.of(HorizontalPodAutoscalerController::new, DeploymentController::new,
        context -> new ReplicaController<>(new ReplicaSets(), "replicaset-controller", context));
  }

  @Override
  public List<Class<? extends HasMetadata>> kinds() {
    return List.of(Pod.class, ReplicaSet.class, Deployment.class, HorizontalPodAutoscaler.class);
  }

  @Override
  public ControllerManagerOptions options() {
    return ControllerManagerOptions.parse("--horizontal-pod-autoscaler-downscale-stabilization=30s",
        "--horizontal-pod-autoscaler-cpu-initialization-period=20s", "--horizontal-pod-autoscaler-initial-readiness-delay=5s");
  }

  @Override
  public void sight(ToLongFunction<Class<? extends HasMetadata>> known) {
    seen = known;
  }

  @Override
  public void begin(MemoryServer server) {
    users = true;
    PodTemplateSpec template = Stories.template(1);
    template.getSpec().getContainers().getFirst().setResources(
        new io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder().addToRequests("cpu", new Quantity(REQUEST + "m")).build());
    server.create(new DeploymentBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec().withReplicas(2)
        .withNewSelector().addToMatchLabels("app", "web").endSelector().withTemplate(template).endSpec().build());
    server.create(Objects.parse("""
        {"metadata": {"name": "web", "namespace": "ns"}, "spec": {"minReplicas": 1, "maxReplicas": 6,
         "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
         "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": %d}}}]}}
        """.formatted(TARGET), HorizontalPodAutoscaler.class));
    bounds.put(0L, List.of(1, 6));
    users = false;
  }

  @Override
  public void tick(MemoryServer server, Instant time) {
    now = time;
  }

  @Override
  public void act(MemoryServer server, RandomGenerator random) {
    users = true;
    switch (random.nextInt(7)) {
      case 0 -> Stories.edit(server, HorizontalPodAutoscaler.class, "minReplicas", random.nextInt(1, 3));
      case 1 -> Stories.edit(server, HorizontalPodAutoscaler.class, "maxReplicas", random.nextInt(3, 8));
      case 2 -> Stories.edit(server, Deployment.class, "replicas", random.nextInt(12));
      default -> load = random.nextInt(450);
    }
    users = false;
  }

  /** Whoever runs bears the load, all the same. */
  @Override
  public Optional<String> document(MemoryServer server, String path) {
    if (!path.equals("/apis/metrics.k8s.io/v1beta1/namespaces/ns/pods")) {
      return Optional.empty();
    }
    List<Pod> busy = Stories.all(server, Pod.class).stream()
        .filter(pod -> pod.getStatus().getPhase().equals("Running") && !Objects.isTerminating(pod)).toList();
    return Optional.of(busy.stream().map(pod -> """
        {"metadata": {"name": "%s"}, "timestamp": "%s", "window": "1s", "containers": [{"name": "app", "usage": {"cpu": "%dm"}}]}
        """.formatted(pod.getMetadata().getName(), Objects.time(now), load / busy.size()))
        .collect(Collectors.joining(",", "{\"items\": [", "]}")));
  }

  @Override
  public void calm() {
    calm = true;
  }

  @Override
  public void saw(MemoryServer server, MemoryServer.Change change) {
    if (change.after() instanceof HorizontalPodAutoscaler scaler) {
      bounds.put(change.revision(), List.of(scaler.getSpec().getMinReplicas(), scaler.getSpec().getMaxReplicas()));
      checkStatus(change.before() == null ? null : ((HorizontalPodAutoscaler) change.before()).getStatus(), scaler.getStatus());
    }
    if (change.after() instanceof Deployment after && change.before() instanceof Deployment before && !users
        && !after.getSpec().getReplicas().equals(before.getSpec().getReplicas())) {
      int size = after.getSpec().getReplicas();
      assertThat(before.getSpec().getReplicas()).as("the size of a Deployment whose autoscaler acts").isPositive();
      assertThat(bounds.tailMap(bounds.floorKey(seen.applyAsLong(HorizontalPodAutoscaler.class))).values())
          .as("bounds of the size %d", size)
          .anyMatch(range -> range.getFirst() <= size && size <= range.getLast());
      if (calm) {
        calmSizes.add(size);
      }
    }
  }

  private static void checkStatus(HorizontalPodAutoscalerStatus before, HorizontalPodAutoscalerStatus after) {
    if (after == null) {
      return;
    }
    assertThat(Objects.orEmpty(after.getConditions())).extracting(HorizontalPodAutoscalerCondition::getType).doesNotHaveDuplicates();
    if (before != null && before.getLastScaleTime() != null) {
      assertThat(Instant.parse(after.getLastScaleTime())).as("the time of the last change of size")
          .isAfterOrEqualTo(Instant.parse(before.getLastScaleTime()));
    }
  }

  @Override
  public void settled(MemoryServer server) {
    HorizontalPodAutoscaler scaler = server.find(HorizontalPodAutoscaler.class, Stories.KEY).orElseThrow();
    int size = server.find(Deployment.class, Stories.KEY).orElseThrow().getSpec().getReplicas();
    Map<String, String> conditions = scaler.getStatus().getConditions().stream()
        .collect(Collectors.toMap(HorizontalPodAutoscalerCondition::getType, HorizontalPodAutoscalerCondition::getStatus));
    assertThat(conditions).containsEntry("AbleToScale", "True").containsEntry("ScalingActive", size == 0 ? "False" : "True");
    assertThat(scaler.getStatus().getCurrentReplicas()).isEqualTo(size);
    assertThat(turns()).as("turns among the sizes %s while nothing changed", calmSizes).isLessThanOrEqualTo(1);
    if (size > 0) {
      assertThat(scaler.getStatus().getDesiredReplicas()).isEqualTo(size);
      assertThat(size).as("size for a load of %d: %s", load, scaler.getStatus()).isEqualTo(wanted(size, scaler));
    }
  }

  /** How often the size went back where it had come from. */
  private long turns() {
    long turns = 0;
    for (int i = 2; i < calmSizes.size(); i++) {
      boolean grew = calmSizes.get(i - 1) > calmSizes.get(i - 2);
      turns += grew == calmSizes.get(i) > calmSizes.get(i - 1) ? 0 : 1;
    }
    return turns;
  }

  /** What the load asks for, seen from a size. */
  private int wanted(int size, HorizontalPodAutoscaler scaler) {
    double ratio = (double) (load / size * 100 / REQUEST) / TARGET;
    int asked = ratio >= 1 - TOLERANCE && ratio <= 1 + TOLERANCE ? size : (int) Math.ceil(ratio * size);
    return Math.clamp(asked, scaler.getSpec().getMinReplicas(), scaler.getSpec().getMaxReplicas());
  }
}
