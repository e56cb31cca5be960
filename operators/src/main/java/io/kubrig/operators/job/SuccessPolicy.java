package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.SuccessPolicyRule;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.Optional;

/** Whether enough indexes of a job have succeeded for the whole, as its successPolicy says. */
final class SuccessPolicy {
  private SuccessPolicy() {}

  /** The message of the first rule that is met. */
  static Optional<String> met(Job job, IndexSet succeeded) {
    if (job.getSpec().getSuccessPolicy() == null || succeeded.isEmpty()) {
      return Optional.empty();
    }
    List<SuccessPolicyRule> rules = Objects.orEmpty(job.getSpec().getSuccessPolicy().getRules());
    for (int i = 0; i < rules.size(); i++) {
      if (isMet(rules.get(i), job.getSpec().getCompletions(), succeeded)) {
        return Optional.of("Matched rules at index " + i);
      }
    }
    return Optional.empty();
  }

  private static boolean isMet(SuccessPolicyRule rule, int completions, IndexSet succeeded) {
    if (rule.getSucceededIndexes() == null) {
      return rule.getSucceededCount() != null && succeeded.size() >= rule.getSucceededCount();
    }
    IndexSet wanted = IndexSet.parse(rule.getSucceededIndexes(), completions);
    int met = wanted.common(succeeded).size();
    return met >= Objects.orElse(rule.getSucceededCount(), wanted.size());
  }
}
