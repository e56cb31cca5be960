package io.kubrig.apiserver.kinds.autoscaling;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** What an autoscaler gets where its writer says nothing. */
final class AutoscalerDefaults {
  static final long UTILIZATION = 80;
  private static final long PERIOD = 15;

  private AutoscalerDefaults() {}

  static void apply(Tree object, String version) {
    Tree spec = object.need("spec");
    spec.fill("minReplicas", 1L);
    if (version.equals("v1")) {
      boolean annotated = object.tree("metadata").stringMap("annotations").containsKey("autoscaling.alpha.kubernetes.io/metrics");
      if (!annotated) {
        spec.fill("targetCPUUtilizationPercentage", UTILIZATION);
      }
      return;
    }
    if (spec.list("metrics").isEmpty()) {
      spec.set("metrics", new ArrayList<Object>(List.of(cpu(UTILIZATION))));
    }
    if (spec.get("behavior") instanceof Tree behavior) {
      rules(behavior, "scaleUp", 0L, List.of(policy("Pods", 4), policy("Percent", 100)));
      rules(behavior, "scaleDown", null, List.of(policy("Percent", 100)));
    }
  }

  static Tree cpu(long utilization) {
    Tree target = Tree.of("type", "Utilization", "averageUtilization", utilization);
    return Tree.of("type", "Resource", "resource", Tree.of("name", "cpu", "target", target));
  }

  private static Tree policy(String type, long value) {
    return Tree.of("type", type, "value", value, "periodSeconds", PERIOD);
  }

  private static void rules(Tree behavior, String member, Long window, List<Tree> policies) {
    Tree rules = behavior.need(member);
    if (window != null) {
      rules.fill("stabilizationWindowSeconds", window);
    }
    rules.fill("selectPolicy", "Max");
    if (rules.given("policies") == null) {
      rules.set("policies", new ArrayList<Object>(policies));
    }
  }
}
