package io.kubrig.apiserver.admission;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Adding tolerations to those that a pod has. (Source: pkg/apis/core/helper, pkg/util/tolerations.) */
final class Tolerations {
  private Tolerations() {}

  /** Adds a toleration, in the place of one for the same taints that lasts for another time. */
  static void addOrReplace(Tree spec, Tree toleration) {
    List<Object> all = spec.needList("tolerations");
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i) instanceof Tree other && isForSameTaints(other, toleration)) {
        all.set(i, toleration);
        return;
      }
    }
    all.add(toleration);
  }

  private static boolean isForSameTaints(Tree one, Tree other) {
    return List.of("key", "effect", "value").stream().allMatch(member -> one.string(member).equals(other.string(member)))
        && operator(one).equals(operator(other));
  }

  private static String operator(Tree toleration) {
    String operator = toleration.string("operator");
    return operator.isEmpty() ? "Equal" : operator;
  }

  /** Both, without those that another one includes. */
  static List<Object> merged(List<Tree> first, List<Tree> second) {
    List<Tree> all = new ArrayList<>(first);
    all.addAll(second);
    List<Object> merged = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (!isRedundant(all, i)) {
        merged.add(all.get(i).copy());
      }
    }
    return merged;
  }

  private static boolean isRedundant(List<Tree> all, int at) {
    for (int other = 0; other < all.size(); other++) {
      boolean includes = other != at && includes(all.get(other), all.get(at));
      boolean alike = other > at && all.get(other).equals(all.get(at));
      if (includes && (!alike || other < at) && !(other > at && includes(all.get(at), all.get(other)))) {
        return true;
      }
    }
    return false;
  }

  /** Whether everything that the second tolerates is tolerated by the first, for at least as long. */
  static boolean includes(Tree wide, Tree narrow) {
    String key = wide.string("key");
    boolean sameKey = key.isEmpty() && operator(wide).equals("Exists") || key.equals(narrow.string("key"));
    boolean sameEffect = wide.string("effect").isEmpty() || wide.string("effect").equals(narrow.string("effect"));
    if (!sameKey || !sameEffect) {
      return false;
    }
    if (wide.string("effect").equals("NoExecute") && wide.get("tolerationSeconds") != null) {
      boolean shorter = narrow.get("tolerationSeconds") == null || wide.integer("tolerationSeconds") < narrow.integer("tolerationSeconds");
      if (shorter && !Objects.equals(wide.get("tolerationSeconds"), narrow.get("tolerationSeconds"))) {
        return false;
      }
    }
    return switch (operator(wide)) {
      case "Exists" -> true;
      default -> operator(narrow).equals(operator(wide)) && wide.string("value").equals(narrow.string("value"));
    };
  }
}
