package io.kubrig.apiserver.kinds.policy;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Conditions;
import io.kubrig.apiserver.validation.Numbers;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Pod disruption budgets. */
public final class PodDisruptionBudgetKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> POLICIES = List.of("AlwaysAllow", "IfHealthyBudget");

  private static final TableColumns COLUMNS =
      Columns.of(
          (budget, now) ->
              Columns.row(
                  Columns.name(budget),
                  shown(budget, "minAvailable"),
                  shown(budget, "maxUnavailable"),
                  budget.tree("status").integer("disruptionsAllowed"),
                  Columns.age(budget, now)),
          Columns.NAME,
          Columns.text("Min Available", "The minimum number of pods that must be available."),
          Columns.text("Max Unavailable", "The maximum number of pods that may be unavailable."),
          Columns.number("Allowed Disruptions", "Calculated number of pods that may be disrupted at this time."),
          Columns.AGE);

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.NONE;
  }

  @Override
  public MetadataRepeat statusMetadataRepeat() {
    return MetadataRepeat.NONE;
  }

  @Override
  public boolean qualifiesFinalizers() {
    return false;
  }

  @Override
  public NameRule nameRule() {
    return NameRule.PATH_SEGMENT;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    if (spec.get("minAvailable") != null && spec.get("maxUnavailable") != null) {
      errors.invalid(SPEC, InternalForm.of("policy.PodDisruptionBudgetSpec", spec), "minAvailable and maxUnavailable cannot be both set");
    }
    amount(spec, "minAvailable", errors);
    amount(spec, "maxUnavailable", errors);
    Selectors.check(spec.tree("selector"), SPEC.child("selector"), errors);
    if (spec.get("unhealthyPodEvictionPolicy") != null && !POLICIES.contains(spec.string("unhealthyPodEvictionPolicy"))) {
      errors.notSupported(SPEC.child("unhealthyPodEvictionPolicy"), spec.string("unhealthyPodEvictionPolicy"), POLICIES);
    }
  }

  private static void amount(Tree spec, String member, FieldErrors errors) {
    FieldPath path = SPEC.child(member);
    if (spec.get(member) instanceof String text) {
      if (!text.matches("[0-9]+%")) {
        errors.invalid(
            path, text, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used "
                + "for validation"
                + " is '[0-9]+%')");
      } else if (text.length() > 5 || Integer.parseInt(text.substring(0, text.length() - 1)) > 100) {
        errors.invalid(path, text, "must not be greater than 100%");
      }
    } else {
      Numbers.nonNegative(spec, member, SPEC, errors);
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree status = object.tree("status");
    FieldPath path = FieldPath.of("status");
    for (String member : List.of("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")) {
      Numbers.nonNegative(status, member, path, errors);
    }
    Conditions.check(status.trees("conditions"), path.child("conditions"), errors);
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String shown(Tree budget, String member) {
    Object value = budget.tree("spec").get(member);
    return value == null ? "N/A" : value.toString();
  }
}
