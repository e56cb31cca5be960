package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What else may change while a pod waits behind scheduling gates: where it fits may become narrower. (Source: KEP-3838.) */
final class GatedPodRules {
  private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";

  private GatedPodRules() {}

  static void check(Tree spec, Tree old, FieldPath path, FieldErrors errors) {
    nodeSelector(spec, old, path.child("nodeSelector"), errors);
    Tree affinity = spec.tree("affinity");
    Tree before = old.tree("affinity");
    for (String kind : List.of("podAffinity", "podAntiAffinity")) {
      if (!Objects.equals(affinity.get(kind), before.get(kind))) {
        errors.forbidden(path.child("affinity", kind), "pod affinity may not be changed");
      }
    }
    if (before.get("nodeAffinity") != null) {
      nodeAffinity(affinity.tree("nodeAffinity"), before.tree("nodeAffinity"), path.child("affinity", "nodeAffinity"), errors);
    }
  }

  private static void nodeSelector(Tree spec, Tree old, FieldPath path, FieldErrors errors) {
    Map<String, String> now = spec.stringMap("nodeSelector");
    boolean kept = old.stringMap("nodeSelector").entrySet().stream().allMatch(entry -> entry.getValue().equals(now.get(entry.getKey())));
    if (!kept) {
      errors.invalid(path, spec.get("nodeSelector"), "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
    }
  }

  private static void nodeAffinity(Tree affinity, Tree old, FieldPath path, FieldErrors errors) {
    List<Tree> before = old.tree(REQUIRED).trees("nodeSelectorTerms");
    List<Tree> now = affinity.tree(REQUIRED).trees("nodeSelectorTerms");
    FieldPath at = path.child(REQUIRED, "nodeSelectorTerms");
    if (before.isEmpty()) {
      return;
    }
    if (before.size() != now.size()) {
      errors.invalid(at, InternalForm.of("core.NodeSelectorTerm", affinity.tree(REQUIRED).get("nodeSelectorTerms")),
          "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
      return;
    }
    for (int i = 0; i < before.size(); i++) {
      if (!onlyAdds(now.get(i), before.get(i))) {
        errors.invalid(
            at.index(i), InternalForm.of("core.NodeSelectorTerm", now.get(i)), "only additions are allowed (no mutations or deletions)");
      }
    }
  }

  private static boolean onlyAdds(Tree term, Tree old) {
    List<Object> expressions = old.list("matchExpressions");
    List<Object> fields = old.list("matchFields");
    if (expressions.isEmpty() && fields.isEmpty()) {
      return term.list("matchExpressions").isEmpty() && term.list("matchFields").isEmpty();
    }
    return beginsWith(term.list("matchExpressions"), expressions) && beginsWith(term.list("matchFields"), fields);
  }

  private static boolean beginsWith(List<Object> list, List<Object> start) {
    return list.size() >= start.size() && list.subList(0, start.size()).equals(start);
  }
}
