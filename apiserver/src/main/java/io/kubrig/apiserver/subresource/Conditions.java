package io.kubrig.apiserver.subresource;

import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The conditions of a pod, as the server itself sets them. */
final class Conditions {
  private Conditions() {}

  /** Sets a condition, in place where there is one of its type; the time of its transition changes with its status only. */
  static void set(Tree pod, String type, String reason, String message, Instant now) {
    Tree condition = Tree.of("type", type, "status", "True", "lastProbeTime", null);
    condition.set("lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
    if (!reason.isEmpty()) {
      condition.set("reason", reason).set("message", message);
    }
    var conditions = pod.need("status").needList("conditions");
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i) instanceof Tree old && old.string("type").equals(type)) {
        if (old.string("status").equals("True")) {
          condition.set("lastTransitionTime", old.get("lastTransitionTime"));
        }
        conditions.set(i, condition);
        return;
      }
    }
    conditions.add(condition);
  }
}
