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

  private final Tree spec;
  private final Tree status;
  private final Tree old;
  private final FieldErrors errors;

  private JobStatusRules(Tree job, Tree oldJob, FieldErrors errors) {
    spec = job.tree("spec");
    status = job.tree("status");
    old = oldJob.tree("status");
    this.errors = errors;
  }

  static void check(Tree job, Tree old, FieldErrors errors) {
    JobStatusRules rules = new JobStatusRules(job, old, errors);
    for (String counter : List.of("active", "succeeded", "failed", "ready", "terminating")) {
      Checks.nonNegative(rules.status, counter, STATUS, errors);
    }
    rules.uncounted();
    rules.completion();
    rules.finished();
    rules.indexes();
    rules.pods();
    rules.success();
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
  private void indexes() {
    FieldPath completedPath = STATUS.child("completedIndexes");
    FieldPath failedPath = STATUS.child("failedIndexes");
    String completed = status.string("completedIndexes");
    String failed = status.string("failedIndexes");
    boolean counted = spec.get("completions") != null;
    long completions = spec.integer("completions");
    if (completes()) {
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
    if ((changed("failedIndexes") || completes()) && counted && hasFailed) {
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
    return is(status, condition, "True");
  }

  private boolean was(String condition) {
    return is(old, condition, "True");
  }

  private static boolean is(Tree status, String condition, String value) {
    return status.trees("conditions").stream()
        .anyMatch(other -> other.string("type").equals(condition) && other.string("status").equals(value));
  }

  /** Whether one of the conditions comes or goes. */
  private boolean turns(String... conditions) {
    return List.of(conditions).stream().anyMatch(condition -> is(condition) != was(condition));
  }

  private boolean changed(String... members) {
    return List.of(members).stream().anyMatch(member -> !Objects.equals(status.get(member), old.get(member)));
  }

  /** Whether indexes change; those that are not told are none. */
  private boolean completes() {
    return !status.string("completedIndexes").equals(old.string("completedIndexes"));
  }

  private void refuse(String text) {
    JobPolicyRules.noValue(CONDITIONS, text, errors);
  }

  /** When a job completes, and what excludes that. */
  private void completion() {
    if (turns("Complete", "Failed") && is("Complete") && is("Failed")) {
      refuse("cannot set Complete=True and Failed=true conditions");
    }
    if (turns("Complete", "FailureTarget") && is("Complete") && is("FailureTarget")) {
      refuse("cannot set Complete=True and FailureTarget=true conditions");
    }
    FieldPath path = STATUS.child("completionTime");
    String end = status.string("completionTime");
    String begin = status.string("startTime");
    boolean judged = turns("Complete") || changed("completionTime");
    if (judged && !end.isEmpty() && !is("Complete")) {
      errors.invalid(path, end, "cannot set completionTime when there is no Complete=True condition");
    }
    if (judged && end.isEmpty() && is("Complete")) {
      errors.required(path, "completionTime is required for Complete jobs");
    }
    boolean moved = changed("completionTime", "startTime");
    if (moved && !begin.isEmpty() && !end.isEmpty() && Timestamps.parse(end).isBefore(Timestamps.parse(begin))) {
      errors.invalid(path, end, "must be equal to or after `startTime`");
    }
    if ((turns("Failed") || changed("failedIndexes")) && is("Failed") && !is("FailureTarget")) {
      refuse("cannot set Failed=True condition without the FailureTarget=true condition");
    }
    if (turns("Complete", "SuccessCriteriaMet") && is("Complete") && !is("SuccessCriteriaMet")) {
      refuse("cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
    }
  }

  /** What a job that is over has no more of. */
  private void finished() {
    if (!isOver()) {
      return;
    }
    boolean turns = !wasOver();
    if ((turns || changed("active")) && status.integer("active") > 0) {
      errors.invalid(STATUS.child("active"), status.integer("active"), "active>0 is invalid for finished job");
    }
    boolean neverStarts = spec.bool("suspend") && spec.get("completions") != null && spec.integer("completions") == 0;
    if ((turns || changed("startTime")) && !neverStarts && status.string("startTime").isEmpty()) {
      errors.required(STATUS.child("startTime"), "startTime is required for finished job");
    }
    Tree uncounted = status.tree("uncountedTerminatedPods");
    if ((turns || changed("uncountedTerminatedPods")) && !(uncounted.list("succeeded").isEmpty() && uncounted.list("failed").isEmpty())) {
      errors.invalid(STATUS.child("uncountedTerminatedPods"), uncounted, "must be empty for finished job");
    }
  }

  private void pods() {
    if (isOver() && (!wasOver() || changed("terminating")) && status.integer("terminating") > 0) {
      errors.invalid(STATUS.child("terminating"), status.integer("terminating"), "terminating>0 is invalid for finished job");
    }
    if (changed("ready", "active") && status.integer("ready") > status.integer("active")) {
      errors.invalid(STATUS.child("ready"), status.integer("ready"), "cannot set more ready pods than active");
    }
  }

  private void success() {
    if (is("SuccessCriteriaMet") && is("Failed")) {
      refuse("cannot set SuccessCriteriaMet=True and Failed=true conditions");
    }
    if (is("SuccessCriteriaMet") && is("FailureTarget")) {
      refuse("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
    }
    if (spec.get("successPolicy") != null && is("Complete") && !is("SuccessCriteriaMet")) {
      refuse("cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
    }
  }

  /** What has been counted stays counted, what has ended stays ended. */
  private void progress() {
    for (String terminal : List.of("Failed", "Complete", "FailureTarget")) {
      if (was(terminal) && !is(terminal)) {
        refuse("cannot disable the terminal " + terminal + "=True condition");
      }
    }
    boolean elastic = JobRules.isIndexed(spec) && Objects.equals(spec.get("completions"), spec.get("parallelism"));
    for (String counter : elastic ? List.of("failed") : List.of("failed", "succeeded")) {
      if (status.integer(counter) < old.integer(counter)) {
        errors.invalid(STATUS.child(counter), status.integer(counter), "cannot decrease the " + counter + " counter");
      }
    }
    if (status.get("completionTime") != null && old.get("completionTime") != null && changed("completionTime")) {
      errors.invalid(STATUS.child("completionTime"), status.get("completionTime"), "field is immutable");
    }
    boolean resumes = was("Suspended") && is(status, "Suspended", "False");
    if (old.get("startTime") != null && changed("startTime") && !spec.bool("suspend") && !resumes) {
      errors.invalid(STATUS.child("startTime"), status.get("startTime"), "field is immutable for unsuspended job once set");
    }
    if (was("SuccessCriteriaMet") && !is("SuccessCriteriaMet")) {
      refuse("cannot disable the SuccessCriteriaMet=True condition");
    }
    if (was("Complete") && !was("SuccessCriteriaMet") && is("SuccessCriteriaMet")) {
      refuse("cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
    }
  }

  private boolean isOver() {
    return is("Complete") || is("Failed");
  }

  private boolean wasOver() {
    return was("Complete") || was("Failed");
  }
}
