package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.cel.CelCosts;
import io.kubrig.apiserver.customresource.RuleNode.Rule;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The validation rules of a schema compile and keep within the cost limits. (Source: apis/apiextensions/validation, cel_validation.go.) */
final class RuleChecks {
  private static final long PER_RULE = 10_000_000;
  private static final long PER_SCHEMA = 100_000_000;
  private static final int MOST_EXPENSIVE = 4;

  private final boolean unchanged;
  private final List<String> faults;
  private final FieldErrors errors;
  private final List<Cost> costs = new ArrayList<>();
  private double total;

  private record Cost(FieldPath path, double amount) {}

  private RuleChecks(boolean unchanged, List<String> faults, FieldErrors errors) {
    this.unchanged = unchanged;
    this.faults = faults;
    this.errors = errors;
  }

  /** @param faults the paths of the schema's other faults: rules of what is at or above one are not looked at */
  static void check(Tree schema, FieldPath path, boolean unchanged, List<String> faults, FieldErrors errors) {
    boolean[] any = new boolean[1];
    SchemaWalk.each(schema, node -> any[0] |= !node.list("x-kubernetes-validations").isEmpty());
    if (!any[0]) {
      return; // and the language is not even loaded
    }
    RuleChecks checks = new RuleChecks(unchanged, faults, errors);
    checks.node(RuleNode.of(StructuralSchemas.of(schema), true), path, 1, "");
    checks.total(path);
  }

  private void total(FieldPath path) {
    if (total <= PER_SCHEMA) {
      return;
    }
    costs.sort(Comparator.comparingDouble(Cost::amount).reversed());
    costs.stream()
        .limit(MOST_EXPENSIVE)
        .forEach(cost -> errors.forbidden(cost.path(),
            "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"));
    errors.forbidden(path, overBudget("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", total, PER_SCHEMA));
  }

  /**
   * @param cardinality how many values of the node an object may hold
   * @param uncorrelated the path of the first ancestor whose children have no old value; "" where all have
   */
  private void node(RuleNode node, FieldPath path, double cardinality, String uncorrelated) {
    if (node == null) {
      return;
    }
    List<Rule> rules = faults.stream().anyMatch(fault -> fault.startsWith(path.toString())) ? List.of() : node.rules();
    for (int i = 0; i < rules.size(); i++) {
      rule(rules.get(i), node.schema(), path.child("x-kubernetes-validations").index(i), cardinality, uncorrelated);
    }
    String below = uncorrelated.isEmpty() && node.schema().atomicMap() ? path.toString() : uncorrelated;
    node.members().forEach((name, member) -> node(member, path.child("properties").key(name), cardinality, below));
    if (node.children() != null) {
      boolean isList = node.schema().type() == Schema.Type.ARRAY;
      String inItems = uncorrelated.isEmpty() && isList && node.schema().listType() != ListType.MAP ? path.toString() : uncorrelated;
      node(node.children(), path.child(isList ? "items" : "additionalProperties"), cardinality * CelCosts.maxSize(node.schema()), inItems);
    }
  }

  private void rule(Rule rule, Schema schema, FieldPath path, double cardinality, String uncorrelated) {
    if (!rule.problem().isEmpty()) {
      errors.invalid(path.child("rule"), InternalForm.of("apiextensions.ValidationRule", rule.stated()), rule.problem());
      return;
    }
    cost(CelCosts.estimate(rule.program(), schema) * cardinality, "rule", path);
    if (!rule.messageProblem().isEmpty()) {
      Object shown = InternalForm.of("apiextensions.ValidationRule", rule.stated());
      errors.invalid(path.child("messageExpression"), shown, rule.messageProblem());
    } else if (rule.messageProgram() != null) {
      cost(CelCosts.estimate(rule.messageProgram(), schema), "messageExpression", path);
    }
    if (rule.usesOldSelf() && !uncorrelated.isEmpty()) {
      errors.invalid(
          path.child("rule"), rule.stated().string("rule"),
              "oldSelf cannot be used on the uncorrelatable portion of the schema within " + uncorrelated);
    } else if (!rule.usesOldSelf() && rule.stated().get("optionalOldSelf") != null) {
      errors.invalid(path.child("optionalOldSelf"), rule.optionalOldSelf(), "may not be set if oldSelf is not used in rule");
    }
  }

  private void cost(double amount, String member, FieldPath path) {
    if (!unchanged && amount > PER_RULE) {
      String name = member.equals("rule") ? "estimated rule cost" : "estimated messageExpression cost";
      errors.forbidden(path.child(member), overBudget(name, amount, PER_RULE));
    }
    total += amount;
    costs.add(new Cost(path.child(member), amount));
  }

  private static String overBudget(String name, double cost, double limit) {
    double factor = cost / limit;
    String times =
        factor > 100 ? "more than 100x" : factor < 1.5 ? String.format(Locale.ROOT, "%fx", factor)
            : String.format(Locale.ROOT, "%.1fx", factor);
    return name + " exceeds budget by factor of " + times
        + " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
  }
}
