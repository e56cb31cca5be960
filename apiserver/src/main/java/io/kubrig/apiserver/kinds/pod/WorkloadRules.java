package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.selector.SelectorException;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** What the kinds that are made of pods share: a selector that finds the pods of the template, amounts or percentages, counters. */
public final class WorkloadRules {
  private static final String PERCENT =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is "
          + "'[0-9]+%')";

  private WorkloadRules() {}

  /** The selector; answers what it says where it can be understood. An absent one finds nothing. */
  public static Optional<LabelSelector> selector(Tree spec, String emptyFor, String unreadable, FieldPath path, FieldErrors errors) {
    if (!(spec.get("selector") instanceof Tree selector)) {
      errors.required(path.child("selector"), "");
      return Optional.of(LabelSelector.nothing());
    }
    Selectors.check(selector, path.child("selector"), errors);
    if (Selectors.isEmpty(selector)) {
      errors.invalid(path.child("selector"), selector, "empty selector is invalid for " + emptyFor);
    }
    Optional<LabelSelector> parsed = parsed(selector);
    if (parsed.isEmpty()) {
      errors.invalid(path.child("selector"), selector, unreadable);
    }
    return parsed;
  }

  public static Optional<LabelSelector> parsed(Tree selector) {
    try {
      return Optional.of(LabelSelector.of(selector));
    } catch (SelectorException e) {
      return Optional.empty();
    }
  }

  /** The labels of the template must be found by the selector. */
  public static void matches(LabelSelector selector, Tree template, FieldPath path, FieldErrors errors) {
    Tree labels = template.tree("metadata").tree("labels");
    if (!selector.isEmpty() && !selector.matches(labels)) {
      Object shown = template.tree("metadata").given("labels");
      errors.invalid(path.child("metadata", "labels"), shown, "`selector` does not match template `labels`");
    }
  }

  /** A template of pods that never finish. */
  public static void endlessTemplate(Tree template, String owner, Scope scope, FieldPath path, FieldErrors errors) {
    PodRules.template(template, scope, path, errors);
    Tree spec = template.tree("spec");
    if (!spec.string("restartPolicy").equals("Always")) {
      errors.notSupported(path.child("spec", "restartPolicy"), spec.string("restartPolicy"), List.of("Always"));
    }
    if (spec.get("activeDeadlineSeconds") != null) {
      errors.forbidden(path.child("spec", "activeDeadlineSeconds"), "activeDeadlineSeconds in " + owner + " is not Supported");
    }
  }

  // ---- amounts or percentages ----------------------------------------------------------------------------------------

  /** A number that is not negative, or a percentage. */
  public static void amountOrPercent(Tree holder, String member, FieldPath path, FieldErrors errors) {
    if (holder.get(member) instanceof String text) {
      if (!isPercent(text)) {
        errors.invalid(path.child(member), text, PERCENT);
      }
    } else {
      Checks.nonNegative(holder, member, path, errors);
    }
  }

  public static void atMostAll(Tree holder, String member, FieldPath path, FieldErrors errors) {
    if (holder.get(member) instanceof String text && isPercent(text) && value(holder, member) > 100) {
      errors.invalid(path.child(member), text, "must not be greater than 100%");
    }
  }

  /** The number, or that of the percentage; 0 for what is neither. */
  public static long value(Tree holder, String member) {
    if (!(holder.get(member) instanceof String text)) {
      return holder.integer(member);
    }
    return isPercent(text) ? Long.parseLong(text.substring(0, text.length() - 1)) : 0;
  }

  private static boolean isPercent(String text) {
    return text.matches("[0-9]{1,9}%");
  }

  // ---- counters ------------------------------------------------------------------------------------------------------

  /** Counters of a status: none negative, and those in {@code parts} not greater than all replicas. */
  public static void counters(Tree status, List<String> counters, List<String> parts, String ready, FieldErrors errors) {
    FieldPath path = FieldPath.of("status");
    for (String counter : counters) {
      Checks.nonNegative(status, counter, path, errors);
    }
    for (String part : parts) {
      if (status.integer(part) > status.integer("replicas")) {
        errors.invalid(path.child(part), status.integer(part), "cannot be greater than status.replicas");
      }
    }
    if (parts.contains("availableReplicas") && status.integer("availableReplicas") > status.integer("readyReplicas")) {
      errors.invalid(path.child("availableReplicas"), status.integer("availableReplicas"), "cannot be greater than " + ready);
    }
  }

  public static void notDecremented(Tree status, Tree old, String counter, FieldErrors errors) {
    if (old.get(counter) != null && (status.get(counter) == null || status.integer(counter) < old.integer(counter))) {
      errors.invalid(FieldPath.of("status", counter), status.integer(counter), "cannot be decremented");
    }
  }
}
