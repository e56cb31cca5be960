package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Labels of nodes that have been given up, and the warnings for those who select by them. (Source: pkg/api/node/util.go of native.) */
public final class NodeLabels {
  private static final Map<String, String> GIVEN_UP =
      Map.of(
          "beta.kubernetes.io/arch", "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
          "beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead",
          "failure-domain.beta.kubernetes.io/region", "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
          "failure-domain.beta.kubernetes.io/zone", "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
          "beta.kubernetes.io/instance-type", "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
          "app.kubernetes.io/created-by", "deprecated since v1.9",
          "scheduler.alpha.kubernetes.io/preferAvoidPods", "deprecated since v1.22; use Taints and Tolerations instead",
          "node-role.kubernetes.io/master", "use \"node-role.kubernetes.io/control-plane\" instead");

  private NodeLabels() {}

  /** What is to be used instead of a label; empty for those that are still in use. */
  public static Optional<String> warning(String label) {
    return Optional.ofNullable(GIVEN_UP.get(label));
  }

  /**
   * The warnings for a term of a {@code NodeSelector}.
   *
   * @param checksValues whether to warn of values that no label can have
   */
  public static List<String> ofTerm(Tree term, boolean checksValues, FieldPath path) {
    List<String> warnings = new ArrayList<>();
    List<Tree> expressions = term.trees("matchExpressions");
    for (int i = 0; i < expressions.size(); i++) {
      FieldPath at = path.child("matchExpressions").index(i);
      key(expressions.get(i), at, warnings);
      List<String> values = expressions.get(i).strings("values");
      for (int j = 0; checksValues && j < values.size(); j++) {
        for (String wrong : Names.labelValue(values.get(j))) {
          warnings.add(at.child("values").index(j) + ": " + values.get(j) + " is invalid, " + wrong);
        }
      }
    }
    return warnings;
  }

  /** The warnings for a {@code LabelSelector} of nodes. */
  public static List<String> ofSelector(Tree selector, FieldPath path) {
    List<String> warnings = new ArrayList<>();
    List<Tree> expressions = selector.trees("matchExpressions");
    for (int i = 0; i < expressions.size(); i++) {
      key(expressions.get(i), path.child("matchExpressions").index(i), warnings);
    }
    for (String label : selector.tree("matchLabels").names()) {
      warning(label).ifPresent(text -> warnings.add(path.child("matchLabels").child(label) + ": " + text));
    }
    return warnings;
  }

  private static void key(Tree expression, FieldPath path, List<String> warnings) {
    String key = expression.string("key");
    warning(key).ifPresent(text -> warnings.add(path.child("key") + ": " + key + " is " + text));
  }
}
