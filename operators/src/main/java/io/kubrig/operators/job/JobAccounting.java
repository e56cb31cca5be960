package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How ended pods become numbers, in two writes: first they are listed as uncounted, then, their finalizers gone, they are counts. A crash
 * in between loses nothing and counts nothing twice.
 *
 * @param status the first write
 * @param strip the pods whose finalizers may go after it
 * @param last the condition that ends the job once nothing is left to count or to wait for
 * @param complete whether all pods were looked at
 */
record JobAccounting(JobStatus status, List<Pod> strip, Optional<JobCondition> last, boolean complete) {
  private static final int MOST_UNCOUNTED = 500;

  /** What is to be in the first write. @param status the status so far, which is changed */
  static JobAccounting of(JobFacts facts, Optional<JobCondition> verdict, JobStatus status) {
    Set<String> tracked = facts.pods.stream().filter(JobPods::isTracked).map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    count(status, tracked);
    Ledger ledger = new Ledger(facts, verdict, status);
    boolean complete = ledger.read();
    ledger.write();
    verdict.filter(condition -> Conditions.find(status, condition.getType()).isEmpty()).ifPresent(condition -> {
      List<JobCondition> all = new ArrayList<>(Objects.orEmpty(status.getConditions()));
      all.add(condition);
      status.setConditions(all);
    });
    return new JobAccounting(status, ledger.strip, verdict.map(condition -> last(condition, facts)), complete);
  }

  private static JobCondition last(JobCondition interim, JobFacts facts) {
    String type = interim.getType().equals(Conditions.FAILURE_TARGET) ? Conditions.FAILED : Conditions.COMPLETE;
    return Conditions.of(type, "True", interim.getReason(), interim.getMessage(), facts.now);
  }

  /** Turns uncounted pods without finalizer into counts. */
  static void count(JobStatus status, Set<String> tracked) {
    List<String> succeeded = new ArrayList<>(JobFacts.uncounted(status, true));
    List<String> failed = new ArrayList<>(JobFacts.uncounted(status, false));
    int moreSucceeded = succeeded.size();
    int moreFailed = failed.size();
    succeeded.retainAll(tracked);
    failed.retainAll(tracked);
    moreSucceeded -= succeeded.size();
    moreFailed -= failed.size();
    status.setSucceeded(sum(status.getSucceeded(), moreSucceeded));
    status.setFailed(sum(status.getFailed(), moreFailed));
    status.setUncountedTerminatedPods(new UncountedTerminatedPods(failed, succeeded));
  }

  private static Integer sum(Integer count, int more) {
    int sum = Objects.orElse(count, 0) + more;
    return sum == 0 ? null : sum;
  }

  /** Ends the job if nothing is left to do. Returns whether it did. */
  boolean finish(JobStatus current) {
    UncountedTerminatedPods uncounted = current.getUncountedTerminatedPods();
    boolean counted = uncounted == null || Objects.orEmpty(uncounted.getSucceeded()).isEmpty()
        && Objects.orEmpty(uncounted.getFailed()).isEmpty();
    if (last.isEmpty() || !complete || !counted || Objects.orElse(current.getTerminating(), 0) != 0) {
      return false;
    }
    Conditions.ensure(current, last.get());
    if (last.get().getType().equals(Conditions.COMPLETE)) {
      current.setCompletionTime(last.get().getLastTransitionTime());
    }
    return true;
  }

  /** The reading of the pods. */
  private static final class Ledger {
    private final JobFacts facts;
    private final Job job;
    private final Optional<JobCondition> verdict;
    private final JobStatus status;
    private final List<String> succeeded;
    private final List<String> failed;
    private final IndexSet newIndexes = new IndexSet();
    private final Map<Integer, Pod> delayed;
    private final List<Pod> strip = new ArrayList<>();

    Ledger(JobFacts facts, Optional<JobCondition> verdict, JobStatus status) {
      this.facts = facts;
      this.job = facts.job;
      this.verdict = verdict;
      this.status = status;
      this.succeeded = new ArrayList<>(JobFacts.uncounted(status, true));
      this.failed = new ArrayList<>(JobFacts.uncounted(status, false));
      this.delayed = facts.lastFailed();
    }

    /** Returns whether it came to the end before the list of uncounted pods was full. */
    boolean read() {
      for (Pod pod : facts.pods) {
        if (JobPods.isTracked(pod) && mayStrip(pod)) {
          strip.add(pod);
          note(pod);
        }
        if (newIndexes.size() + succeeded.size() + failed.size() >= MOST_UNCOUNTED) {
          return false;
        }
      }
      return true;
    }

    private boolean mayStrip(Pod pod) {
      if (Objects.isTerminating(job) || verdict.isPresent() || Pods.phase(pod).equals("Succeeded")) {
        return true;
      }
      return JobPods.isFailed(job, pod) && delayed.get(JobPods.index(pod)) != pod;
    }

    private void note(Pod pod) {
      String uid = pod.getMetadata().getUid();
      boolean valid = !facts.indexed() || facts.hasValidIndex(pod);
      boolean givenUp = verdict.filter(condition -> condition.getType().equals(Conditions.FAILURE_TARGET)).isPresent();
      if (Pods.phase(pod).equals("Succeeded") && !failed.contains(uid)) {
        if (facts.indexed()) {
          if (valid && !facts.earlierSucceeded.has(JobPods.index(pod))) {
            newIndexes.add(JobPods.index(pod));
          }
        } else if (!succeeded.contains(uid)) {
          succeeded.add(uid);
        }
      } else if ((JobPods.isFailed(job, pod) || givenUp) && valid && !failed.contains(uid) && FailurePolicy.of(job, pod).counts()) {
        failed.add(uid);
      }
    }

    void write() {
      status.setUncountedTerminatedPods(new UncountedTerminatedPods(failed, succeeded));
      if (facts.indexed()) {
        IndexSet all = facts.earlierSucceeded.plus(newIndexes);
        status.setCompletedIndexes(all.isEmpty() ? null : all.toString());
        status.setSucceeded(all.isEmpty() ? null : Integer.valueOf(all.size()));
        if (facts.perIndex()) {
          status.setFailedIndexes(facts.failedIndexes.toString());
        }
      }
    }
  }
}
