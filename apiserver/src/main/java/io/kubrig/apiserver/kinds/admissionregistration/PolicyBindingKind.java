package io.kubrig.apiserver.kinds.admissionregistration;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Bindings of validating and mutating admission policies. */
final class PolicyBindingKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> ACTIONS = List.of("Audit", "Deny", "Warn");

  private static final TableColumns COLUMNS =
      Columns.of(
          (binding, now) ->
              Columns.row(Columns.name(binding), binding.tree("spec").string("policyName"), parameter(binding), Columns.age(binding, now)),
          Columns.NAME,
          Columns.text("PolicyName", "PolicyName indicates the policy definition which the policy binding binded to"),
          Columns.text("ParamRef", "ParamRef indicates the param resource which sets the configration param"),
          Columns.AGE);

  private final boolean mutating;

  PolicyBindingKind(boolean mutating) {
    this.mutating = mutating;
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.RULES;
  }

  @Override
  public boolean qualifiesFinalizers() {
    return false;
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    if (object.tree("spec").get("matchResources") instanceof Tree match) {
      MatchRules.applyDefaults(match, "resourceRules", "excludeResourceRules");
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    String policy = spec.string("policyName");
    if (policy.isEmpty()) {
      errors.required(SPEC.child("policyName"), "");
    } else {
      Names.dnsSubdomain(policy).forEach(text -> errors.invalid(SPEC.child("policyName"), policy, text));
    }
    if (spec.get("paramRef") instanceof Tree reference) {
      parameter(reference, SPEC.child("paramRef"), errors);
    }
    if (spec.get("matchResources") instanceof Tree match) {
      MatchRules.resourcesToMatch(match, false, SPEC.child("matchResources"), errors);
      if (mutating) {
        MatchRules.mutatingOperations(match, SPEC.child("matchResources"), errors);
      }
    }
    if (!mutating) {
      actions(spec.strings("validationActions"), SPEC.child("validationActions"), errors);
    }
  }

  private static void parameter(Tree reference, FieldPath path, FieldErrors errors) {
    String name = reference.string("name");
    boolean selects = reference.get("selector") instanceof Tree;
    if (!name.isEmpty()) {
      Names.pathSegment(name, false).forEach(text -> errors.invalid(path.child("name"), name, text));
      if (selects) {
        errors.forbidden(path.child("name"), "name and selector are mutually exclusive");
      }
    }
    if (selects) {
      Selectors.check(reference.tree("selector"), path.child("selector"), errors);
      if (!name.isEmpty()) {
        errors.forbidden(path.child("selector"), "name and selector are mutually exclusive");
      }
    }
    if (name.isEmpty() && !selects) {
      errors.required(path, "one of name or selector must be specified");
    }
    String missing = reference.string("parameterNotFoundAction");
    if (missing.isEmpty()) {
      errors.required(path.child("parameterNotFoundAction"), "");
    } else if (!missing.equals("Allow") && !missing.equals("Deny")) {
      errors.notSupported(path.child("parameterNotFoundAction"), missing, List.of("Deny", "Allow"));
    }
  }

  private static void actions(List<String> actions, FieldPath path, FieldErrors errors) {
    if (actions.isEmpty()) {
      errors.required(path, "at least one validation action is required");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < actions.size(); i++) {
      if (!ACTIONS.contains(actions.get(i))) {
        errors.notSupported(path.index(i), actions.get(i), ACTIONS);
      }
      if (!seen.add(actions.get(i))) {
        errors.duplicate(path.index(i), actions.get(i));
      }
    }
    if (seen.contains("Deny") && seen.contains("Warn")) {
      errors.invalid(path, new ArrayList<Object>(actions),
          "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers "
          + "serves no purpose)");
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String parameter(Tree binding) {
    if (!(binding.tree("spec").get("paramRef") instanceof Tree reference)) {
      return "<unset>";
    }
    String name = reference.string("name", "*");
    return reference.string("namespace").isEmpty() ? name : reference.string("namespace") + "/" + name;
  }
}
