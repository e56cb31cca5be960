package io.kubrig.apiserver.kinds.pod;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code matchLabelKeys} and {@code mismatchLabelKeys} of affinity terms and spread constraints: when a pod is created they become
 * requirements of the label selector beside them, with the pod's own values. (Source: KEP-3633, KEP-3243.)
 */
final class MatchLabelKeys {
  private MatchLabelKeys() {}

  static void merge(Tree spec, Map<String, String> labels) {
    for (String kind : List.of("podAffinity", "podAntiAffinity")) {
      Tree affinity = spec.at("affinity", kind);
      for (Tree weighted : affinity.trees("preferredDuringSchedulingIgnoredDuringExecution")) {
        mergeTerm(weighted.tree("podAffinityTerm"), labels);
      }
      for (Tree term : affinity.trees("requiredDuringSchedulingIgnoredDuringExecution")) {
        mergeTerm(term, labels);
      }
    }
    for (Tree constraint : spec.trees("topologySpreadConstraints")) {
      mergeTerm(constraint, labels);
    }
  }

  private static void mergeTerm(Tree term, Map<String, String> labels) {
    if (!(term.get("labelSelector") instanceof Tree selector)) {
      return;
    }
    require(selector, term.strings("matchLabelKeys"), "In", labels);
    require(selector, term.strings("mismatchLabelKeys"), "NotIn", labels);
  }

  private static void require(Tree selector, List<String> keys, String operator, Map<String, String> labels) {
    for (String key : keys) {
      String value = labels.get(key);
      if (value != null) {
        selector
            .needList("matchExpressions")
            .add(Tree.of("key", key, "operator", operator, "values", new ArrayList<Object>(List.of(value))));
      }
    }
  }
}
