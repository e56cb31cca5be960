package io.kubrig.operators.tainteviction;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How long a pod may stay on a node with taints. */
sealed interface Stay {
  /** For good. */
  record Forever() implements Stay {}

  /** Not at all. */
  record Not() implements Stay {}

  /** From the moment the taints came. */
  record Only(Duration time) implements Stay {}

  /** The least time that the tolerations in use allow. @param taints those of effect NoExecute */
  static Stay of(List<Taint> taints, List<Toleration> tolerations) {
    Optional<Long> least = Optional.empty();
    for (Taint taint : taints) {
      Optional<Toleration> used = tolerations.stream().filter(toleration -> tolerates(toleration, taint)).findFirst();
      if (used.isEmpty()) {
        return new Not();
      }
      Long seconds = used.get().getTolerationSeconds();
      if (seconds != null && least.filter(other -> other <= seconds).isEmpty()) {
        least = Optional.of(seconds);
      }
    }
    return least.<Stay>map(seconds -> seconds <= 0 ? new Not() : new Only(Duration.ofSeconds(seconds))).orElseGet(Forever::new);
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    boolean effect = isEmpty(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
    boolean key = isEmpty(toleration.getKey()) || toleration.getKey().equals(taint.getKey());
    if (!effect || !key) {
      return false;
    }
    if ("Exists".equals(toleration.getOperator())) {
      return true;
    }
    boolean equal = isEmpty(toleration.getOperator()) || toleration.getOperator().equals("Equal");
    return equal && !isEmpty(toleration.getKey()) && orEmpty(toleration.getValue()).equals(orEmpty(taint.getValue()));
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
