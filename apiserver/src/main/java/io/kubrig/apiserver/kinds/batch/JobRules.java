package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.kinds.pod.PodRules;
import io.kubrig.apiserver.kinds.pod.Scope;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** What the spec of a job must look like, in jobs and in the templates of cron jobs. (Source: apis/batch/validation of native.) */
final class JobRules {
  private static final List<String> MODES = List.of("NonIndexed", "Indexed");
  private static final int MAX_PARALLELISM = 100_000;
  private static final int MANY_COMPLETIONS = 100_000;
  private static final int MANY_COMPLETIONS_LIMIT = 10_000;
  private static final int MAX_MANAGER = 63;

  private JobRules() {}

  static void spec(Tree spec, Scope scope, FieldPath path, FieldErrors errors) {
    for (String number :
        List.of(
            "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex",
            "maxFailedIndexes")) {
      Checks.nonNegative(spec, number, path, errors);
    }
    if (spec.get("maxFailedIndexes") != null && spec.get("backoffLimitPerIndex") == null) {
      errors.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
    managedBy(spec, path.child("managedBy"), errors);
    indexing(spec, path, errors);
    if (spec.get("podFailurePolicy") instanceof Tree policy) {
      JobPolicyRules.failure(policy, spec, path.child("podFailurePolicy"), errors);
    }
    if (spec.get("successPolicy") instanceof Tree policy) {
      if (isIndexed(spec)) {
        JobPolicyRules.success(policy, spec, path.child("successPolicy"), errors);
      } else {
        errors.invalid(path.child("successPolicy"), InternalForm.of("batch.SuccessPolicy", policy), "requires indexed completion mode");
      }
    }
    boolean onlyFailed = spec.get("podFailurePolicy") != null;
    List<String> replacements = onlyFailed ? List.of("Failed") : List.of("Failed", "TerminatingOrFailed");
    Checks.oneOf(spec, "podReplacementPolicy", replacements, path, errors);
    template(spec, scope, path, errors);
  }

  static boolean isIndexed(Tree spec) {
    return spec.string("completionMode").equals("Indexed");
  }

  private static void indexing(Tree spec, FieldPath path, FieldErrors errors) {
    Checks.oneOf(spec, "completionMode", MODES, path, errors);
    if (isIndexed(spec)) {
      indexed(spec, path, errors);
    } else if (spec.get("completionMode") == null || spec.string("completionMode").equals("NonIndexed")) {
      for (String member : List.of("backoffLimitPerIndex", "maxFailedIndexes")) {
        if (spec.get(member) != null) {
          errors.invalid(path.child(member), spec.get(member), "requires indexed completion mode");
        }
      }
    }
  }

  private static void indexed(Tree spec, FieldPath path, FieldErrors errors) {
    if (spec.get("completions") == null) {
      errors.required(path.child("completions"), "when completion mode is Indexed");
    }
    if (spec.integer("parallelism") > MAX_PARALLELISM) {
      errors.invalid(
          path.child("parallelism"),
          spec.integer("parallelism"),
          "must be less than or equal to " + MAX_PARALLELISM + " when completion mode is Indexed");
    }
    long failed = spec.integer("maxFailedIndexes");
    if (spec.get("completions") != null && failed > spec.integer("completions")) {
      errors.invalid(path.child("maxFailedIndexes"), failed, "must be less than or equal to completions");
    }
    if (failed > MAX_PARALLELISM) {
      errors.invalid(path.child("maxFailedIndexes"), failed, "must be less than or equal to " + MAX_PARALLELISM);
    }
    if (spec.integer("completions") > MANY_COMPLETIONS && spec.get("backoffLimitPerIndex") != null) {
      manyCompletions(spec, path, errors);
    }
  }

  /** What jobs with limits per index may not do when they have very many of them. */
  private static void manyCompletions(Tree spec, FieldPath path, FieldErrors errors) {
    if (spec.get("maxFailedIndexes") == null) {
      errors.required(path.child("maxFailedIndexes"), "must be specified when completions is above " + MANY_COMPLETIONS);
    }
    for (String member : List.of("parallelism", "maxFailedIndexes")) {
      if (spec.integer(member) > MANY_COMPLETIONS_LIMIT) {
        errors.invalid(
            path.child(member),
            spec.integer(member),
            "must be less than or equal to " + MANY_COMPLETIONS_LIMIT + " when completions are above " + MANY_COMPLETIONS
                + " and used with backoff limit per index");
      }
    }
  }

  private static void managedBy(Tree spec, FieldPath path, FieldErrors errors) {
    if (!(spec.get("managedBy") instanceof String manager)) {
      return;
    }
    if (manager.isEmpty()) {
      errors.required(path, "");
      return;
    }
    int slash = manager.indexOf('/');
    if (slash <= 0 || slash == manager.length() - 1) {
      errors.invalid(path, manager, "must be a domain-prefixed path (such as \"acme.io/foo\")");
    } else {
      Names.dnsSubdomain(manager.substring(0, slash)).forEach(text -> errors.invalid(path, manager.substring(0, slash), text));
    }
    if (manager.length() > MAX_MANAGER) {
      errors.tooLong(path, MAX_MANAGER);
    }
  }

  private static void template(Tree spec, Scope scope, FieldPath path, FieldErrors errors) {
    Tree template = spec.tree("template");
    PodRules.template(template, scope, path.child("template"), errors);
    String policy = template.tree("spec").string("restartPolicy");
    FieldPath policyPath = path.child("template", "spec", "restartPolicy");
    switch (policy) {
      case "", "Always" -> errors.required(policyPath, "valid values: \"OnFailure\", \"Never\"");
      case "Never" -> {}
      case "OnFailure" -> {
        if (spec.get("podFailurePolicy") != null) {
          errors.invalid(policyPath, policy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
      }
      default -> errors.notSupported(policyPath, policy, List.of("OnFailure", "Never"));
    }
  }
}
