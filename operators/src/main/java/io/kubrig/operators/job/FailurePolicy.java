package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a job's podFailurePolicy makes of a failed pod. */
final class FailurePolicy {
  private FailurePolicy() {}

  /**
   * A verdict.
   *
   * @param action of the rule that matched; empty when none did
   * @param failure why the whole job fails; null when it does not
   */
  record Verdict(String action, String failure) {
    static final Verdict COUNTED = new Verdict("", null);

    /** Whether the failure counts against the limit. */
    boolean counts() {
      return !action.equals("Ignore");
    }
  }

  static Verdict of(Job job, Pod pod) {
    if (job.getSpec().getPodFailurePolicy() == null) {
      return Verdict.COUNTED;
    }
    List<PodFailurePolicyRule> rules = Objects.orEmpty(job.getSpec().getPodFailurePolicy().getRules());
    for (int i = 0; i < rules.size(); i++) {
      PodFailurePolicyRule rule = rules.get(i);
      Optional<String> match = rule.getOnExitCodes() != null ? onExitCode(rule.getOnExitCodes(), pod) : onCondition(rule, pod);
      boolean applies = match.isPresent() && !(rule.getAction().equals("FailIndex") && job.getSpec().getBackoffLimitPerIndex() == null);
      if (applies) {
        String failure = match.get() + " matching " + rule.getAction() + " rule at index " + i;
        return new Verdict(rule.getAction(), rule.getAction().equals("FailJob") ? failure : null);
      }
    }
    return Verdict.COUNTED;
  }

  private static Optional<String> onExitCode(PodFailurePolicyOnExitCodesRequirement wanted, Pod pod) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    return Stream.concat(Objects.orEmpty(pod.getStatus().getContainerStatuses()).stream(),
        Objects.orEmpty(pod.getStatus().getInitContainerStatuses()).stream())
        .filter(status -> wanted.getContainerName() == null || wanted.getContainerName().equals(status.getName()))
        .filter(status -> matches(wanted, status)).findFirst()
        .map(status -> "Container " + status.getName() + " for pod " + name(pod) + " failed with exit code "
            + status.getState().getTerminated().getExitCode());
  }

  private static boolean matches(PodFailurePolicyOnExitCodesRequirement wanted, ContainerStatus status) {
    if (status.getState() == null || status.getState().getTerminated() == null) {
      return false;
    }
    int code = Objects.orElse(status.getState().getTerminated().getExitCode(), 0);
    boolean listed = Objects.orEmpty(wanted.getValues()).contains(code);
    return code != 0 && listed == "In".equals(wanted.getOperator());
  }

  private static Optional<String> onCondition(PodFailurePolicyRule rule, Pod pod) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    return Objects.orEmpty(pod.getStatus().getConditions()).stream()
        .filter(condition -> Objects.orEmpty(rule.getOnPodConditions()).stream().anyMatch(pattern ->
            pattern.getType().equals(condition.getType())
                && (pattern.getStatus() == null ? "True" : pattern.getStatus()).equals(condition.getStatus())))
        .findFirst().map(condition -> "Pod " + name(pod) + " has condition " + condition.getType());
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
  }
}
