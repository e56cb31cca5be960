package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the policies of a job must look like that decide early over success and failure. (Source: KEP-3329, KEP-3998.) */
final class JobPolicyRules {
  private static final List<String> ACTIONS = List.of("Count", "FailIndex", "FailJob", "Ignore");
  private static final List<String> OPERATORS = List.of("In", "NotIn");
  private static final int MAX_RULES = 20;
  private static final int MAX_CODES = 255;
  private static final int MAX_INDEXES = 64 << 10;

  private JobPolicyRules() {}

  static void failure(Tree policy, Tree spec, FieldPath path, FieldErrors errors) {
    List<Tree> rules = policy.trees("rules");
    if (rules.size() > MAX_RULES) {
      errors.tooMany(path.child("rules"), rules.size(), MAX_RULES);
    }
    Set<String> containers = new HashSet<>();
    for (String list : List.of("containers", "initContainers")) {
      spec.at("template", "spec").trees(list).forEach(container -> containers.add(container.string("name")));
    }
    for (int i = 0; i < rules.size(); i++) {
      failureRule(rules.get(i), spec, containers, path.child("rules").index(i), errors);
    }
  }

  private static void failureRule(Tree rule, Tree spec, Set<String> containers, FieldPath path, FieldErrors errors) {
    String action = rule.string("action");
    if (action.isEmpty()) {
      errors.required(path.child("action"), "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
    } else if (action.equals("FailIndex") && spec.get("backoffLimitPerIndex") == null) {
      errors.invalid(path.child("action"), action, "requires the backoffLimitPerIndex to be set");
    } else {
      Checks.oneOf(rule, "action", ACTIONS, path, errors);
    }
    boolean byCodes = rule.get("onExitCodes") != null;
    List<Tree> conditions = rule.trees("onPodConditions");
    if (byCodes) {
      exitCodes(rule.tree("onExitCodes"), containers, path.child("onExitCodes"), errors);
    }
    conditions(conditions, path.child("onPodConditions"), errors);
    if (byCodes && !conditions.isEmpty()) {
      noValue(path, "specifying both OnExitCodes and OnPodConditions is not supported", errors);
    }
    if (!byCodes && conditions.isEmpty()) {
      noValue(path, "specifying one of OnExitCodes and OnPodConditions is required", errors);
    }
  }

  /** An invalid value that is not shown. */
  static void noValue(FieldPath path, String text, FieldErrors errors) {
    errors.add("FieldValueInvalid", path, "Invalid value: " + text);
  }

  private static void exitCodes(Tree codes, Set<String> containers, FieldPath path, FieldErrors errors) {
    String operator = codes.string("operator");
    if (operator.isEmpty()) {
      errors.required(path.child("operator"), "valid values: [\"In\" \"NotIn\"]");
    } else {
      Checks.oneOf(codes, "operator", OPERATORS, path, errors);
    }
    if (codes.get("containerName") instanceof String name && !containers.contains(name)) {
      errors.invalid(path.child("containerName"), name, "must be one of the container or initContainer names in the pod template");
    }
    List<Object> values = codes.list("values");
    FieldPath valuesPath = path.child("values");
    if (values.isEmpty()) {
      errors.invalid(valuesPath, codes.get("values"), "at least one value is required");
    } else if (values.size() > MAX_CODES) {
      errors.tooMany(valuesPath, values.size(), MAX_CODES);
    }
    boolean ordered = true;
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      if (operator.equals("In") && values.get(i).equals(0L)) {
        errors.invalid(valuesPath.index(i), 0L, "must not be 0 for the In operator");
      }
      if (!seen.add(values.get(i))) {
        errors.duplicate(valuesPath.index(i), values.get(i));
      }
      ordered &= i == 0 || (Long) values.get(i - 1) <= (Long) values.get(i);
    }
    if (!ordered) {
      errors.invalid(valuesPath, values, "must be ordered");
    }
  }

  private static void conditions(List<Tree> conditions, FieldPath path, FieldErrors errors) {
    if (conditions.size() > MAX_RULES) {
      errors.tooMany(path, conditions.size(), MAX_RULES);
    }
    for (int i = 0; i < conditions.size(); i++) {
      String type = conditions.get(i).string("type");
      FieldPath at = path.index(i);
      Names.qualifiedName(type).forEach(text -> errors.invalid(at.child("type"), type, text));
      Checks.oneOf(conditions.get(i), "status", List.of("False", "True", "Unknown"), at, errors);
    }
  }

  static void success(Tree policy, Tree spec, FieldPath path, FieldErrors errors) {
    List<Tree> rules = policy.trees("rules");
    if (rules.isEmpty()) {
      errors.required(path.child("rules"), "at least one rules must be specified when the successPolicy is specified");
    }
    if (rules.size() > MAX_RULES) {
      errors.tooMany(path.child("rules"), rules.size(), MAX_RULES);
    }
    for (int i = 0; i < rules.size(); i++) {
      successRule(rules.get(i), spec.integer("completions"), path.child("rules").index(i), errors);
    }
  }

  private static void successRule(Tree rule, long completions, FieldPath path, FieldErrors errors) {
    boolean counts = rule.get("succeededCount") != null;
    if (!counts && rule.get("succeededIndexes") == null) {
      errors.required(path, "at least one of succeededCount or succeededIndexes must be specified");
    }
    boolean byIndex = rule.get("succeededIndexes") != null;
    long indexes = 0;
    if (rule.get("succeededIndexes") instanceof String text) {
      if (text.length() > MAX_INDEXES) {
        errors.tooLong(path.child("succeededIndexes"), MAX_INDEXES);
      }
      Indexes parsed = Indexes.parse(text, completions);
      indexes = parsed.count();
      if (!parsed.trouble().isEmpty()) {
        errors.invalid(path.child("succeededIndexes"), text, "error parsing succeededIndexes: " + parsed.trouble());
      }
    }
    if (!counts) {
      return;
    }
    long count = rule.integer("succeededCount");
    FieldPath at = path.child("succeededCount");
    Checks.nonNegative(rule, "succeededCount", path, errors);
    if (count > completions) {
      errors.invalid(at, count, "must be less than or equal to " + completions + " (the number of specified completions)");
    }
    if (byIndex && count > indexes) {
      errors.invalid(at, count,
          "must be less than or equal to " + indexes + " (the number of indexes in the specified succeededIndexes field)");
    }
  }
}
