package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What is known of a job and its pods, and what follows from it. Made once per pass, never changed. */
final class JobFacts {
  final Job job;
  final Instant now;
  final List<Pod> pods;
  final List<Pod> active;
  final int terminating;
  final List<Pod> newlySucceeded;
  final List<Pod> newlyFailed;
  final Delays delays;
  final int completions;
  final IndexSet earlierSucceeded;
  final IndexSet succeededIndexes;
  final IndexSet failedIndexes;
  final int succeeded;
  final int failed;

  JobFacts(Job job, List<Pod> pods, Delays delays, Instant now) {
    this.job = job;
    this.now = now;
    this.pods = isIndexed(job) ? pods.stream().sorted(Comparator.comparingInt(JobPods::index)).toList() : pods;
    this.active = this.pods.stream().filter(Pods::isActive).toList();
    this.terminating = (int) pods.stream().filter(Pods::isTerminating).count();
    this.completions = job.getSpec().getCompletions() == null ? 0 : job.getSpec().getCompletions();
    JobStatus status = Conditions.status(job);
    Set<String> uncountedSucceeded = uncounted(status, true);
    Set<String> uncountedFailed = uncounted(status, false);
    this.newlySucceeded = uncountedPods(uncountedSucceeded, pod -> Pods.phase(pod).equals("Succeeded"));
    this.newlyFailed = uncountedPods(uncountedFailed, pod -> JobPods.isFailed(job, pod));
    this.delays = delays.after(newlySucceeded, newlyFailed);
    this.earlierSucceeded = IndexSet.parse(status.getCompletedIndexes(), completions);
    this.succeededIndexes = isIndexed(job) ? succeededIndexes() : new IndexSet();
    this.failedIndexes = isIndexed(job) && perIndex() ? failedIndexes(status) : new IndexSet();
    int counted = Objects.orElse(status.getSucceeded(), 0) + newlySucceeded.size() + uncountedSucceeded.size();
    this.succeeded = isIndexed(job) ? succeededIndexes.size() : counted;
    int counting = (int) newlyFailed.stream().filter(pod -> FailurePolicy.of(job, pod).counts()).count();
    this.failed = Objects.orElse(status.getFailed(), 0) + counting + uncountedFailed.size();
  }

  static boolean isIndexed(Job job) {
    return "Indexed".equals(job.getSpec().getCompletionMode());
  }

  boolean indexed() {
    return isIndexed(job);
  }

  /** Whether failures are limited per index. */
  boolean perIndex() {
    return job.getSpec().getBackoffLimitPerIndex() != null;
  }

  boolean suspended() {
    return Boolean.TRUE.equals(job.getSpec().getSuspend());
  }

  int parallelism() {
    return Objects.orElse(job.getSpec().getParallelism(), 1);
  }

  static Set<String> uncounted(JobStatus status, boolean succeeded) {
    UncountedTerminatedPods uncounted = status.getUncountedTerminatedPods();
    if (uncounted == null) {
      return Set.of();
    }
    return Set.copyOf(Objects.orEmpty(succeeded ? uncounted.getSucceeded() : uncounted.getFailed()));
  }

  boolean hasValidIndex(Pod pod) {
    int index = JobPods.index(pod);
    return index >= 0 && index < completions;
  }

  private List<Pod> uncountedPods(Set<String> uncounted, Predicate<Pod> ended) {
    return pods.stream().filter(pod -> JobPods.isTracked(pod) && !uncounted.contains(pod.getMetadata().getUid()))
        .filter(pod -> !isIndexed(job) || hasValidIndex(pod)).filter(ended).toList();
  }

  private IndexSet succeededIndexes() {
    IndexSet fresh = new IndexSet();
    pods.stream().filter(pod -> Pods.phase(pod).equals("Succeeded") && JobPods.isTracked(pod) && hasValidIndex(pod))
        .forEach(pod -> fresh.add(JobPods.index(pod)));
    return earlierSucceeded.plus(fresh);
  }

  private IndexSet failedIndexes(JobStatus status) {
    IndexSet fresh = new IndexSet();
    pods.stream().filter(pod -> JobPods.isTracked(pod) && hasValidIndex(pod) && JobPods.isFailed(job, pod)).filter(this::failsIndex)
        .forEach(pod -> fresh.add(JobPods.index(pod)));
    return IndexSet.parse(status.getFailedIndexes(), completions).plus(fresh);
  }

  private boolean failsIndex(Pod pod) {
    return FailurePolicy.of(job, pod).action().equals("FailIndex") || JobPods.failures(job, pod) > job.getSpec().getBackoffLimitPerIndex();
  }

  IndexSet indexesOf(List<Pod> some) {
    IndexSet set = new IndexSet();
    some.stream().filter(this::hasValidIndex).forEach(pod -> set.add(JobPods.index(pod)));
    return set;
  }

  /** The failed pod of each index that waits to be tried again: it keeps the count until its successor has it. */
  Map<Integer, Pod> lastFailed() {
    if (!perIndex()) {
      return Map.of();
    }
    IndexSet settled = indexesOf(active).plus(succeededIndexes).plus(failedIndexes);
    return pods.stream().filter(pod -> JobPods.isTracked(pod) && hasValidIndex(pod) && JobPods.isFailed(job, pod))
        .filter(pod -> !settled.has(JobPods.index(pod)))
        .collect(Collectors.toMap(JobPods::index, pod -> pod, JobFacts::later, HashMap::new));
  }

  private static Pod later(Pod a, Pod b) {
    boolean more = JobPods.allFailuresBefore(b) >= JobPods.allFailuresBefore(a) && !JobPods.ended(b).isBefore(JobPods.ended(a));
    return more ? b : a;
  }
}
