package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.PodControl;
import io.kubrig.operators.pods.Pods;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pods of a job: indexes, finalizer, failures, and how new ones look. */
final class JobPods {
  static final String FINALIZER = "batch.kubernetes.io/job-tracking";
  private static final String INDEX = "batch.kubernetes.io/job-completion-index";
  private static final String FAILURES = "batch.kubernetes.io/job-index-failure-count";
  private static final String IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count";
  private static final String VARIABLE = "JOB_COMPLETION_INDEX";
  private static final int GENERATED = 58;

  private JobPods() {}

  static boolean isTracked(Pod pod) {
    return Objects.orEmpty(pod.getMetadata().getFinalizers()).contains(FINALIZER);
  }

  /** The completion index; -1 when there is none. */
  static int index(Pod pod) {
    return number(pod, INDEX, -1);
  }

  private static int number(Pod pod, String annotation, int otherwise) {
    String text = Objects.annotations(pod).get(annotation);
    return text != null && text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : otherwise;
  }

  /** Whether new pods wait until old ones have ended altogether. */
  static boolean replacesFailedOnly(Job job) {
    return "Failed".equals(job.getSpec().getPodReplacementPolicy()) || job.getSpec().getPodFailurePolicy() != null;
  }

  /** Whether a pod has failed, or is being deleted and counts as failed. */
  static boolean isFailed(Job job, Pod pod) {
    String phase = Pods.phase(pod);
    return phase.equals("Failed") || !replacesFailedOnly(job) && Objects.isTerminating(pod) && !phase.equals("Succeeded");
  }

  /** When a pod ended, as well as can be told. */
  static Instant ended(Pod pod) {
    List<ContainerStatus> containers = pod.getStatus() == null ? List.of() : Objects.orEmpty(pod.getStatus().getContainerStatuses());
    Optional<Instant> last = containers.stream().filter(c -> c.getState() != null && c.getState().getTerminated() != null)
        .flatMap(c -> Objects.time(c.getState().getTerminated().getFinishedAt()).stream()).max(Instant::compareTo);
    return last.or(() -> Pods.condition(pod, "Ready").filter(c -> "False".equals(c.getStatus()))
        .flatMap(c -> Objects.time(c.getLastTransitionTime())))
        .or(() -> deletionBegan(pod)).orElseGet(() -> Objects.created(pod));
  }

  /** When the deletion was asked for: the timestamp is when it is to be over. */
  private static Optional<Instant> deletionBegan(Pod pod) {
    Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
    return Objects.time(pod.getMetadata().getDeletionTimestamp()).map(end -> end.minusSeconds(grace == null ? 0 : grace));
  }

  /** How often an index has failed, with the failed pod; ignored failures apart. */
  static int failures(Job job, Pod failed) {
    return number(failed, FAILURES, 0) + (FailurePolicy.of(job, failed).counts() ? 1 : 0);
  }

  /** How often an index failed before the failed pod, ignored failures too. */
  static int allFailuresBefore(Pod failed) {
    return number(failed, FAILURES, 0) + number(failed, IGNORED, 0);
  }

  /** A new pod. @param index the completion index; -1 for none; @param failed the pod that it replaces, where failures are per index */
  static Pod create(Job job, int index, Optional<Pod> failed) {
    Pod pod = PodControl.fromTemplate(job.getSpec().getTemplate(), job);
    List<String> finalizers = new ArrayList<>(Objects.orEmpty(pod.getMetadata().getFinalizers()));
    if (!finalizers.contains(FINALIZER)) {
      finalizers.add(FINALIZER);
    }
    pod.getMetadata().setFinalizers(finalizers);
    if (index >= 0) {
      number(job, pod, index, failed);
    }
    return pod;
  }

  private static void number(Job job, Pod pod, int index, Optional<Pod> failed) {
    String text = Integer.toString(index);
    String suffix = "-" + text + "-";
    String name = job.getMetadata().getName();
    String prefix = name.length() + suffix.length() > GENERATED ? name.substring(0, GENERATED - suffix.length()) : name;
    pod.getMetadata().setGenerateName(prefix + suffix);
    Map<String, String> labels = new LinkedHashMap<>(Objects.labels(pod));
    labels.put(INDEX, text);
    pod.getMetadata().setLabels(labels);
    Map<String, String> annotations = new LinkedHashMap<>(Objects.annotations(pod));
    annotations.put(INDEX, text);
    if (job.getSpec().getBackoffLimitPerIndex() != null) {
      annotations.put(FAILURES, Integer.toString(failed.map(old -> failures(job, old)).orElse(0)));
      int ignored = failed.map(old -> number(old, IGNORED, 0) + (FailurePolicy.of(job, old).counts() ? 0 : 1)).orElse(0);
      if (ignored > 0) {
        annotations.put(IGNORED, Integer.toString(ignored));
      }
    }
    pod.getMetadata().setAnnotations(annotations);
    pod.getSpec().setHostname(name + "-" + text);
    pod.getSpec().getContainers().forEach(JobPods::tellIndex);
    Objects.orEmpty(pod.getSpec().getInitContainers()).forEach(JobPods::tellIndex);
  }

  private static void tellIndex(Container container) {
    List<EnvVar> variables = new ArrayList<>(Objects.orEmpty(container.getEnv()));
    if (variables.stream().noneMatch(variable -> variable.getName().equals(VARIABLE))) {
      variables.add(new EnvVarBuilder().withName(VARIABLE).withNewValueFrom().withNewFieldRef()
          .withFieldPath("metadata.labels['" + INDEX + "']").endFieldRef().endValueFrom().build());
      container.setEnv(variables);
    }
  }
}
