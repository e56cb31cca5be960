package io.kubrig.operators.pods;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Whether a node is one that a pod asks for and bears. */
public final class NodeFit {
  private NodeFit() {}

  /** Whether node selector and required node affinity match. */
  public static boolean selects(PodSpec pod, Node node) {
    if (!Objects.labels(node).entrySet().containsAll(Objects.orEmpty(pod.getNodeSelector()).entrySet())) {
      return false;
    }
    Affinity affinity = pod.getAffinity();
    if (affinity == null || affinity.getNodeAffinity() == null) {
      return true;
    }
    NodeSelector required = affinity.getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution();
    return required == null || required.getNodeSelectorTerms().stream().anyMatch(term -> matches(term, node));
  }

  private static boolean matches(NodeSelectorTerm term, Node node) {
    List<NodeSelectorRequirement> labels = Objects.orEmpty(term.getMatchExpressions());
    List<NodeSelectorRequirement> fields = Objects.orEmpty(term.getMatchFields());
    if (labels.isEmpty() && fields.isEmpty()) {
      return false;
    }
    Map<String, String> known = Objects.labels(node);
    Function<String, String> field = key -> key.equals("metadata.name") ? node.getMetadata().getName() : null;
    return labels.stream().allMatch(requirement -> holds(requirement, known.get(requirement.getKey())))
        && fields.stream().allMatch(requirement -> holds(requirement, field.apply(requirement.getKey())));
  }

  private static boolean holds(NodeSelectorRequirement requirement, String value) {
    List<String> values = Objects.orEmpty(requirement.getValues());
    return switch (String.valueOf(requirement.getOperator())) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> compares(value, values, 1);
      case "Lt" -> compares(value, values, -1);
      default -> false;
    };
  }

  private static boolean compares(String value, List<String> bound, int sign) {
    if (value == null || bound.size() != 1 || !value.matches("-?[0-9]{1,18}") || !bound.getFirst().matches("-?[0-9]{1,18}")) {
      return false;
    }
    return Integer.signum(Long.compare(Long.parseLong(value), Long.parseLong(bound.getFirst()))) == sign;
  }

  /** Whether all of a node's taints of some effects are tolerated. */
  public static boolean tolerates(List<Toleration> tolerations, Node node, Set<String> effects) {
    List<Taint> taints = node.getSpec() == null ? List.of() : Objects.orEmpty(node.getSpec().getTaints());
    return taints.stream().filter(taint -> effects.contains(String.valueOf(taint.getEffect())))
        .allMatch(taint -> Objects.orEmpty(tolerations).stream().anyMatch(toleration -> tolerates(toleration, taint)));
  }

  /** Whether a toleration is for a taint. */
  public static boolean tolerates(Toleration toleration, Taint taint) {
    if (!isEmpty(toleration.getEffect()) && !toleration.getEffect().equals(taint.getEffect())) {
      return false;
    }
    if (!isEmpty(toleration.getKey()) && !toleration.getKey().equals(taint.getKey())) {
      return false;
    }
    return switch (toleration.getOperator() == null ? "" : toleration.getOperator()) {
      case "", "Equal" -> orEmpty(toleration.getValue()).equals(orEmpty(taint.getValue()));
      case "Exists" -> true;
      default -> false;
    };
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
