package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.customresource.RuleNode.Rule;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.CelProgram.Budget;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.cel.CelValues;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Runs the validation rules of a schema over one object. Not for concurrent use. */
final class RuleValidator {
  /** What all rules of one object may cost (source: apiserver/pkg/apis/cel/config.go). */
  private static final long BUDGET = 10_000_000;
  private static final String OUT_OF_BUDGET =
      "validation failed due to running out of cost budget, no further validation rules will be run";

  private final FieldErrors errors;
  private final Budget budget = new Budget(BUDGET);
  private boolean ended;

  RuleValidator(FieldErrors errors) {
    this.errors = errors;
  }

  /** @param old null for what is new */
  void check(RuleNode node, Object value, Object old, FieldPath path) {
    if (value == null || ended) {
      return;
    }
    boolean unchanged = old != null && Objects.equals(value, old);
    if (!node.rules().isEmpty()) {
      rules(node, value, old, unchanged, path);
    }
    switch (value) {
      case Tree tree -> members(node, tree, old, path);
      case List<?> list -> {
        for (int i = 0; i < list.size() && node.children() != null; i++) {
          Object before = node.correlates() && old instanceof List<?> oldList ? counterpart(node.schema(), list.get(i), oldList) : null;
          check(node.children(), list.get(i), before, path.index(i));
        }
      }
      default -> { }
    }
  }

  private void members(RuleNode node, Tree tree, Object old, FieldPath path) {
    boolean correlated = old instanceof Tree && !node.schema().atomicMap();
    for (String name : tree.names()) {
      Object before = correlated ? ((Tree) old).get(name) : null;
      RuleNode member = node.members().get(name);
      if (member != null) {
        check(member, tree.get(name), before, path.child(name));
      } else if (node.children() != null && node.schema().type() == Schema.Type.MAP) {
        check(node.children(), tree.get(name), before, path.key(name));
      }
    }
  }

  private static Object counterpart(Schema list, Object element, List<?> oldList) {
    for (Object candidate : oldList) {
      if (element instanceof Tree tree
          && candidate instanceof Tree other
          && list.listMapKeys().stream().allMatch(key -> Objects.equals(tree.get(key), other.get(key)))) {
        return other;
      }
    }
    return null;
  }

  private void rules(RuleNode node, Object value, Object old, boolean unchanged, FieldPath path) {
    Object self = CelValues.typed(value, node.schema());
    Object before = old == null ? null : CelValues.typed(old, node.schema());
    String type = node.schema().constraints().string("type");
    for (Rule rule : node.rules()) {
      if (ended) {
        return;
      }
      if (rule.program() == null) {
        errors.invalid(path, type, "rule compile error: " + rule.problem());
      } else if (budget.isSpent()) {
        errors.invalid(path, type, OUT_OF_BUDGET);
        ended = true;
      } else if (!rule.usesOldSelf() || before != null || rule.optionalOldSelf()) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("self", self);
        if (rule.optionalOldSelf()) {
          variables.put("oldSelf", Optional.ofNullable(before));
        } else if (before != null) {
          variables.put("oldSelf", before);
        }
        run(rule, variables, value, type, unchanged, path);
      }
    }
  }

  private void run(Rule rule, Map<String, Object> variables, Object value, String type, boolean unchanged, FieldPath path) {
    String text = rule.stated().string("rule").trim();
    try {
      if (Boolean.TRUE.equals(rule.program().evaluate(variables, budget))) {
        return;
      }
    } catch (EvaluationException e) {
      if (e.overLimit()) {
        errors.invalid(path, type,
            "'" + e.getMessage() + "': no further validation rules will be run due to call cost exceeds limit for rule: " + text);
        ended = true;
      } else if (e.getMessage().startsWith("no such overload")) {
        errors.invalid(
            path, type, "'" + e.getMessage()
                + "': call arguments did not match a supported operator, function or macro signature for rule: " + text);
      } else {
        errors.invalid(path, type, e.getMessage() + " evaluating rule: " + text);
      }
      return;
    }
    if (unchanged && !rule.usesOldSelf()) {
      return; // tolerated as long as it stays
    }
    String fieldPath = rule.stated().string("fieldPath");
    FieldPath at = fieldPath.isEmpty() ? path : path.child(fieldPath.startsWith(".") ? fieldPath.substring(1) : fieldPath);
    complain(rule, at, value, type, message(rule, variables));
  }

  private String message(Rule rule, Map<String, Object> variables) {
    CelProgram program = rule.messageProgram();
    if (program == null) {
      return rule.message();
    }
    try {
      String message = String.valueOf(program.evaluate(variables, budget)).trim();
      return message.isEmpty() || message.contains("\n") || message.contains("\r") ? rule.message() : message;
    } catch (EvaluationException e) {
      return rule.message();
    }
  }

  private void complain(Rule rule, FieldPath path, Object value, String type, String detail) {
    boolean isStructure = type.equals("object") || type.equals("array");
    switch (rule.stated().string("reason")) {
      case "FieldValueForbidden" -> errors.forbidden(path, detail);
      case "FieldValueRequired" -> errors.required(path, detail);
      case "FieldValueDuplicate" -> {
        if (isStructure) {
          errors.add("FieldValueDuplicate", path, "Duplicate value");
        } else {
          errors.duplicate(path, value);
        }
      }
      default -> {
        if (isStructure) {
          errors.add("FieldValueInvalid", path, "Invalid value: " + detail);
        } else {
          errors.invalid(path, Limits.plain(value), detail);
        }
      }
    }
  }
}
