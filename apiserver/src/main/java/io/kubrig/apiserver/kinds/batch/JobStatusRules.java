package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What the status of a job may say: a job ends in steps, once. (Source: KEP-4368, apis/batch/validation of native.) */
final class JobStatusRules {
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final FieldPath CONDITIONS = STATUS.child("conditions");

  private final Tree status;
  private final Tree old;
  private final boolean suspended;
  private final FieldErrors errors;

  private JobStatusRules(Tree job, Tree oldJob, FieldErrors errors) {
    status = job.tree("status");
    old = oldJob.tree("status");
    suspended = job.tree("spec").bool("suspend");
    this.errors = errors;
  }

  static void check(Tree job, Tree old, FieldErrors errors) {
    JobStatusRules rules = new JobStatusRules(job, old, errors);
    for (String counter : List.of("active", "succeeded", "failed", "ready", "terminating")) {
      Checks.nonNegative(rules.status, counter, STATUS, errors);
    }
    rules.uncounted();
    rules.indexes(job.tree("spec"));
    rules.together();
    rules.finished();
    rules.times();
    rules.progress();
  }

  private void uncounted() {
    Set<String> seen = new HashSet<>();
    for (String list : List.of("succeeded", "failed")) {
      List<String> uids = status.tree("uncountedTerminatedPods").strings(list);
      for (int i = 0; i < uids.size(); i++) {
        FieldPath path = STATUS.child("uncountedTerminatedPods", list).index(i);
        if (uids.get(i).isEmpty()) {
          errors.invalid(path, "", "must not be empty");
        } else if (!seen.add(uids.get(i))) {
          errors.duplicate(path, uids.get(i));
        }
      }
    }
  }

  /** The indexes that have completed and failed, where they change. */
  private void indexes(Tree spec) {
    FieldPath completedPath = STATUS.child("completedIndexes");
    FieldPath failedPath = STATUS.child("failedIndexes");
    String completed = status.string("completedIndexes");
    String failed = status.string("failedIndexes");
    boolean counted = spec.get("completions") != null;
    long completions = spec.integer("completions");
    if (changed("completedIndexes")) {
      if (counted) {
        readable(completed, completions, completedPath);
      }
      if (!completed.isEmpty() && !JobRules.isIndexed(spec)) {
        errors.invalid(completedPath, completed, "cannot set non-empty completedIndexes when non-indexed completion mode");
      }
    }
    boolean hasFailed = status.get("failedIndexes") != null;
    boolean limited = spec.get("backoffLimitPerIndex") != null;
    if (changed("failedIndexes") && hasFailed) {
      if (counted && limited) {
        readable(failed, completions, failedPath);
      }
      if (!limited) {
        errors.invalid(failedPath, failed, "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
      }
    }
    if (changed("failedIndexes", "completedIndexes") && counted && hasFailed) {
      Indexes.overlap(completed, failed, completions)
          .ifPresent(index -> errors.invalid(failedPath, failed, "failedIndexes and completedIndexes overlap at index: " + index));
    }
  }

  private void readable(String indexes, long completions, FieldPath path) {
    String trouble = Indexes.parse(indexes, completions).trouble();
    if (!trouble.isEmpty()) {
      errors.invalid(path, indexes, "error parsing " + path.toString().replace("status.", "") + ": " + trouble);
    }
  }

  private boolean is(String condition) {
    return is(status, condition);
  }

  private static boolean is(Tree status, String condition) {
    return is(status, condition, "True");
  }

  private static boolean is(Tree status, String condition, String value) {
    return status.trees("conditions").stream()
        .anyMatch(other -> other.string("type").equals(condition) && other.string("status").equals(value));
  }

  private boolean became(String condition) {
    return is(condition) && !is(old, condition);
  }

  /** Conditions that exclude each other, and those that need another one first. */
  private void together() {
    excludes("Complete", "Failed");
    excludes("Complete", "FailureTarget");
    excludes("Failed", "SuccessCriteriaMet");
    excludes("FailureTarget", "SuccessCriteriaMet");
    needs("Failed", "FailureTarget");
    needs("Complete", "SuccessCriteriaMet");
  }

  private void excludes(String one, String other) {
    if (is(one) && is(other) && !(is(old, one) && is(old, other))) {
      JobPolicyRules.noValue(CONDITIONS, "cannot set " + one + "=True and " + other + "=true conditions", errors);
    }
  }

  private void needs(String one, String other) {
    if (became(one) && !is(other)) {
      JobPolicyRules.noValue(CONDITIONS, "cannot set " + one + "=True condition without the " + other + "=true condition", errors);
    }
  }

  private void finished() {
    boolean finishes = became("Complete") || became("Failed");
    if (became("Complete") && status.get("completionTime") == null) {
      errors.required(STATUS.child("completionTime"), "completionTime is required for Complete jobs");
    }
    if (finishes && status.get("startTime") == null) {
      errors.required(STATUS.child("startTime"), "startTime is required for finished job");
    }
    for (String counter : List.of("active", "terminating")) {
      if (finishes && status.integer(counter) > 0) {
        errors.invalid(STATUS.child(counter), status.integer(counter), counter + ">0 is invalid for finished job");
      }
    }
    Tree uncounted = status.tree("uncountedTerminatedPods");
    if (finishes && !(uncounted.list("succeeded").isEmpty() && uncounted.list("failed").isEmpty())) {
      errors.invalid(STATUS.child("uncountedTerminatedPods"), uncounted, "must be empty for finished job");
    }
    if (status.integer("ready") > status.integer("active") && changed("ready", "active")) {
      errors.invalid(STATUS.child("ready"), status.integer("ready"), "cannot set more ready pods than active");
    }
  }

  private boolean changed(String... members) {
    for (String member : members) {
      if (!Objects.equals(status.get(member), old.get(member))) {
        return true;
      }
    }
    return false;
  }

  private void times() {
    FieldPath start = STATUS.child("startTime");
    FieldPath completion = STATUS.child("completionTime");
    boolean resumes = is(old, "Suspended") && is(status, "Suspended", "False");
    if (old.get("startTime") != null && changed("startTime") && !suspended && !resumes) {
      errors.invalid(start, status.get("startTime"), "field is immutable for unsuspended job once set");
    }
    if (!(status.get("completionTime") instanceof String end)) {
      return;
    }
    if (!is("Complete") && changed("completionTime")) {
      errors.invalid(completion, end, "cannot set completionTime when there is no Complete=True condition");
    }
    if (old.get("completionTime") != null && changed("completionTime")) {
      errors.invalid(completion, end, "field is immutable");
    }
    String begin = status.string("startTime");
    if (!begin.isEmpty() && changed("completionTime", "startTime") && Timestamps.parse(end).isBefore(Timestamps.parse(begin))) {
      errors.invalid(completion, end, "must be equal to or after `startTime`");
    }
  }

  /** What has been counted stays counted, what has ended stays ended. */
  private void progress() {
    for (String counter : List.of("succeeded", "failed")) {
      boolean decreases = status.integer(counter) < old.integer(counter);
      if (decreases && !(counter.equals("succeeded") && changed("completedIndexes"))) {
        errors.invalid(STATUS.child(counter), status.integer(counter), "cannot decrease the " + counter + " counter");
      }
    }
    for (String terminal : List.of("Complete", "Failed", "FailureTarget", "SuccessCriteriaMet")) {
      if (is(old, terminal) && !is(terminal)) {
        String kind = terminal.equals("Complete") || terminal.equals("Failed") ? "terminal " : "";
        JobPolicyRules.noValue(CONDITIONS, "cannot disable the " + kind + terminal + "=True condition", errors);
      }
    }
  }
}
