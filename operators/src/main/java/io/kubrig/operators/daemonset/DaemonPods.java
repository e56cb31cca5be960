package io.kubrig.operators.daemonset;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.NodeFit;
import io.kubrig.operators.pods.PodControl;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The pods of a daemon set: where they belong, what they look like, of which version they are. */
final class DaemonPods {
  static final String HASH = "controller-revision-hash";
  static final String GENERATION_ANNOTATION = "deprecated.daemonset.template.generation";

  /** Scheduled ones first, then the oldest. */
  static final Comparator<Pod> OLDEST_FIRST = Comparator.<Pod, Boolean>comparing(pod -> !Pods.isAssigned(pod))
      .thenComparing(Objects::created).thenComparing(pod -> pod.getMetadata().getName());

  private static final String GENERATION = "pod-template-generation";
  private static final String NODE_NAME = "metadata.name";
  private static final String EXECUTE = "NoExecute";
  private static final String SCHEDULE = "NoSchedule";

  private DaemonPods() {}

  /** Whether a node should get a pod, and whether one that is there may stay. */
  record Verdict(boolean run, boolean stay) {}

  static Verdict verdict(DaemonSet set, Node node) {
    PodSpec spec = set.getSpec().getTemplate().getSpec();
    boolean named = spec.getNodeName() == null || spec.getNodeName().isEmpty() || spec.getNodeName().equals(node.getMetadata().getName());
    if (!named || !NodeFit.selects(spec, node)) {
      return new Verdict(false, false);
    }
    List<Toleration> tolerations = tolerations(spec);
    return new Verdict(NodeFit.tolerates(tolerations, node, Set.of(EXECUTE, SCHEDULE)),
        NodeFit.tolerates(tolerations, node, Set.of(EXECUTE)));
  }

  /** The node that a pod is on, or is meant for. */
  static Optional<String> node(Pod pod) {
    if (Pods.isAssigned(pod)) {
      return Optional.of(pod.getSpec().getNodeName());
    }
    return Optional.ofNullable(pod.getSpec().getAffinity()).map(Affinity::getNodeAffinity)
        .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution).stream()
        .flatMap(required -> required.getNodeSelectorTerms().stream()).flatMap(term -> Objects.orEmpty(term.getMatchFields()).stream())
        .filter(field -> NODE_NAME.equals(field.getKey()) && "In".equals(field.getOperator()) && field.getValues().size() == 1)
        .map(field -> field.getValues().getFirst()).findFirst();
  }

  /** A new pod for a node. */
  static Pod create(DaemonSet set, String node, String hash) {
    Pod pod = PodControl.fromTemplate(set.getSpec().getTemplate(), set);
    Map<String, String> labels = new LinkedHashMap<>(Objects.labels(pod));
    generation(set).ifPresent(generation -> labels.put(GENERATION, generation));
    labels.put(HASH, hash);
    pod.getMetadata().setLabels(labels);
    pod.getSpec().setTolerations(tolerations(pod.getSpec()));
    bind(pod.getSpec(), node);
    return pod;
  }

  private static void bind(PodSpec spec, String node) {
    Affinity affinity = spec.getAffinity() == null ? new Affinity() : spec.getAffinity();
    NodeAffinity nodes = affinity.getNodeAffinity() == null ? new NodeAffinity() : affinity.getNodeAffinity();
    nodes.setRequiredDuringSchedulingIgnoredDuringExecution(new NodeSelector(List.of(new NodeSelectorTermBuilder()
        .withMatchFields(new NodeSelectorRequirementBuilder().withKey(NODE_NAME).withOperator("In").withValues(node).build()).build())));
    affinity.setNodeAffinity(nodes);
    spec.setAffinity(affinity);
  }

  /** A template's tolerations and those that every daemon pod has. */
  private static List<Toleration> tolerations(PodSpec spec) {
    List<Toleration> all = new ArrayList<>(Objects.orEmpty(spec.getTolerations()));
    add(all, "not-ready", EXECUTE);
    add(all, "unreachable", EXECUTE);
    add(all, "disk-pressure", SCHEDULE);
    add(all, "memory-pressure", SCHEDULE);
    add(all, "pid-pressure", SCHEDULE);
    add(all, "unschedulable", SCHEDULE);
    if (Boolean.TRUE.equals(spec.getHostNetwork())) {
      add(all, "network-unavailable", SCHEDULE);
    }
    return all;
  }

  private static void add(List<Toleration> all, String taint, String effect) {
    Toleration toleration = new TolerationBuilder().withKey("node.kubernetes.io/" + taint).withOperator("Exists").withEffect(effect)
        .build();
    all.removeIf(other -> toleration.getKey().equals(other.getKey()) && effect.equals(other.getEffect())
        && "Exists".equals(other.getOperator()) && (other.getValue() == null || other.getValue().isEmpty()));
    all.add(toleration);
  }

  /** Whether a pod is of the current version. */
  static boolean isUpdated(DaemonSet set, Pod pod, String hash) {
    Map<String, String> labels = Objects.labels(pod);
    return hash.equals(labels.get(HASH)) || generation(set).filter(generation -> generation.equals(labels.get(GENERATION))).isPresent();
  }

  private static Optional<String> generation(DaemonSet set) {
    return Optional.ofNullable(Objects.annotations(set).get(GENERATION_ANNOTATION)).filter(text -> text.matches("-?[0-9]{1,18}"));
  }
}
