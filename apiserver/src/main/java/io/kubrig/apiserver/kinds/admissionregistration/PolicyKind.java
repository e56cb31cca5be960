package io.kubrig.apiserver.kinds.admissionregistration;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Conditions;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Validating and mutating admission policies. (Source: KEP-3488, KEP-3962.) */
final class PolicyKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String IDENTIFIER = "[_a-zA-Z][_a-zA-Z0-9]*";
  private static final Set<String> RESERVED =
      Set.of("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function",
      "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while");
  private static final int MOST_ANNOTATIONS = 20;
  private static final int LONGEST_VALUE = 5 << 10;
  private static final List<String> PATCH_TYPES = List.of("ApplyConfiguration", "JSONPatch");

  private final boolean mutating;
  private final Expressions expressions;

  PolicyKind(boolean mutating, Expressions expressions) {
    this.mutating = mutating;
    this.expressions = expressions;
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
  public boolean statusKeepsMetadata() {
    return true;
  }

  @Override
  public boolean hasStatus() {
    return !mutating;
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
    Tree spec = object.need("spec");
    spec.fill("failurePolicy", "Fail");
    if (spec.get("matchConstraints") instanceof Tree match) {
      MatchRules.applyDefaults(match, "resourceRules", "excludeResourceRules");
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    FieldPath path = FieldPath.of("status");
    List<Tree> warnings = object.at("status", "typeChecking").trees("expressionWarnings");
    for (int i = 0; i < warnings.size(); i++) {
      FieldPath at = path.child("typeChecking", "expressionWarnings").index(i);
      if (warnings.get(i).string("warning").isEmpty()) {
        errors.required(at.child("warning"), "");
      }
      if (warnings.get(i).string("fieldRef").isBlank()) {
        errors.required(at.child("fieldRef"), "");
      }
    }
    Conditions.check(object.tree("status").trees("conditions"), path.child("conditions"), errors);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    String failure = spec.string("failurePolicy");
    if (spec.get("failurePolicy") == null) {
      errors.required(SPEC.child("failurePolicy"), "");
    } else if (!List.of("Fail", "Ignore").contains(failure)) {
      errors.notSupported(SPEC.child("failurePolicy"), failure, List.of("Fail", "Ignore"));
    }
    if (spec.get("paramKind") instanceof Tree kind) {
      paramKind(kind, errors);
    }
    if (spec.get("matchConstraints") instanceof Tree match) {
      MatchRules.resourcesToMatch(match, true, SPEC.child("matchConstraints"), errors);
      if (mutating) {
        MatchRules.mutatingOperations(match, SPEC.child("matchConstraints"), errors);
      }
    } else {
      errors.required(SPEC.child("matchConstraints"), "");
    }
    MatchConditions.check(spec.trees("matchConditions"), SPEC.child("matchConditions"), null, errors);
    variables(spec.trees("variables"), errors);
    if (mutating) {
      mutations(spec, errors);
    } else {
      validations(object, errors);
    }
    expressions.policy(spec, SPEC, errors);
  }

  private static void paramKind(Tree kind, FieldErrors errors) {
    FieldPath path = SPEC.child("paramKind");
    String version = kind.string("apiVersion");
    if (version.isEmpty()) {
      errors.required(path.child("apiVersion"), "");
    } else if (version.chars().filter(c -> c == '/').count() > 1) {
      errors.invalid(path.child("apiVersion"), version, "unexpected GroupVersion string: " + version);
    } else {
      groupVersion(version, path.child("apiVersion"), errors);
    }
    String name = kind.string("kind");
    List<String> wrong = Names.dns1035Label(name.toLowerCase(Locale.ROOT));
    if (name.isEmpty()) {
      errors.required(path.child("kind"), "");
    } else if (!wrong.isEmpty()) {
      errors.invalid(path.child("kind"), name, "may have mixed case, but should otherwise match: " + String.join(",", wrong));
    }
  }

  private static void groupVersion(String text, FieldPath path, FieldErrors errors) {
    String group = text.substring(0, Math.max(0, text.indexOf('/')));
    String version = text.substring(text.indexOf('/') + 1);
    List<String> wrongGroup = Names.dnsSubdomain(group);
    if (!group.isEmpty() && !wrongGroup.isEmpty()) {
      errors.invalid(path, group, String.join(",", wrongGroup));
    }
    List<String> wrongVersion = Names.dns1035Label(version);
    if (version.isEmpty()) {
      errors.invalid(path, text, "version must be specified");
    } else if (!wrongVersion.isEmpty()) {
      errors.invalid(path, version, String.join(",", wrongVersion));
    }
  }

  private static void variables(List<Tree> variables, FieldErrors errors) {
    for (int i = 0; i < variables.size(); i++) {
      FieldPath path = SPEC.child("variables").index(i);
      String name = variables.get(i).string("name");
      if (name.strip().isEmpty()) {
        errors.required(path.child("name"), "name is not specified");
      } else if (!name.matches(IDENTIFIER) || RESERVED.contains(name)) {
        errors.invalid(path.child("name"), name, "must be a valid CEL identifier");
      }
      if (variables.get(i).string("expression").strip().isEmpty()) {
        errors.required(path.child("expression"), "expression is not specified");
      }
    }
  }

  private static void validations(Tree object, FieldErrors errors) {
    Tree spec = object.tree("spec");
    List<Tree> validations = spec.trees("validations");
    List<Tree> annotations = spec.trees("auditAnnotations");
    if (validations.isEmpty() && annotations.isEmpty()) {
      String words = "validations or auditAnnotations must contain at least one item";
      errors.required(SPEC.child("validations"), words);
      errors.required(SPEC.child("auditAnnotations"), words);
    }
    for (int i = 0; i < validations.size(); i++) {
      FieldPath path = SPEC.child("validations").index(i);
      Tree validation = validations.get(i);
      if (validation.string("expression").strip().isEmpty()) {
        errors.required(path.child("expression"), "expression is not specified");
      }
      String message = validation.string("message");
      if (!validation.string("messageExpression").isEmpty() && validation.string("messageExpression").strip().isEmpty()) {
        errors.invalid(path.child("messageExpression"), validation.string("messageExpression"), "must be non-empty if specified");
      }
      if (!message.isEmpty() && message.strip().isEmpty()) {
        errors.invalid(path.child("message"), message, "must be non-empty if specified");
      } else if (message.strip().matches("(?s).*[\n\r].*")) {
        errors.invalid(path.child("message"), message, "must not contain line breaks");
      }
      String reason = validation.string("reason");
      List<String> reasons = List.of("Forbidden", "Invalid", "RequestEntityTooLarge");
      if (validation.get("reason") != null && !reasons.contains(reason)) {
        errors.notSupported(path.child("reason"), reason, reasons);
      }
    }
    annotations(object.tree("metadata").string("name"), annotations, errors);
  }

  private static void annotations(String policy, List<Tree> annotations, FieldErrors errors) {
    Set<String> keys = new HashSet<>();
    if (annotations.size() > MOST_ANNOTATIONS) {
      errors.invalid(
          SPEC.child("auditAnnotations"),
          new ArrayList<Object>(annotations),
          "must not have more than " + MOST_ANNOTATIONS + " auditAnnotations");
    }
    for (int i = 0; i < annotations.size(); i++) {
      FieldPath path = SPEC.child("auditAnnotations").index(i);
      String key = annotations.get(i).string("key");
      String full = policy + "/" + key;
      if (policy.isEmpty()) {
        errors.invalid(path.child("key"), key, "requires metadata.name be non-empty");
      } else {
        Names.qualifiedName(full).forEach(text -> errors.invalid(path.child("key"), full, text));
      }
      if (annotations.get(i).string("valueExpression").strip().isEmpty()) {
        errors.required(path.child("valueExpression"), "valueExpression is not specified");
      } else if (annotations.get(i).string("valueExpression").strip().length() > LONGEST_VALUE) {
        errors.required(path.child("valueExpression"), "must not exceed " + LONGEST_VALUE + " bytes in length");
      }
      if (!keys.add(key)) {
        errors.duplicate(path.child("key"), key);
      }
    }
  }

  private static void mutations(Tree spec, FieldErrors errors) {
    String again = spec.string("reinvocationPolicy");
    if (again.isEmpty()) {
      errors.required(SPEC.child("reinvocationPolicy"), "");
    } else if (!List.of("IfNeeded", "Never").contains(again)) {
      errors.notSupported(SPEC.child("reinvocationPolicy"), again, List.of("IfNeeded", "Never"));
    }
    List<Tree> mutations = spec.trees("mutations");
    if (mutations.isEmpty()) {
      errors.required(SPEC.child("mutations"), "mutations must contain at least one item");
    }
    for (int i = 0; i < mutations.size(); i++) {
      mutation(mutations.get(i), SPEC.child("mutations").index(i), errors);
    }
  }

  private static void mutation(Tree mutation, FieldPath path, FieldErrors errors) {
    String type = mutation.string("patchType");
    if (type.isEmpty()) {
      errors.required(path.child("patchType"), "");
      return;
    }
    if (!PATCH_TYPES.contains(type)) {
      errors.notSupported(path.child("patchType"), type, PATCH_TYPES);
      return;
    }
    String own = type.equals("JSONPatch") ? "jsonPatch" : "applyConfiguration";
    String other = type.equals("JSONPatch") ? "applyConfiguration" : "jsonPatch";
    if (mutation.get(own) == null) {
      errors.required(path.child(own), "must be specified when patchType is " + type);
    } else if (mutation.tree(own).string("expression").strip().isEmpty()) {
      errors.required(path.child(own, "expression"), "");
    }
    if (mutation.get(other) != null) {
      errors.invalid(path.child(other), "{" + other + "}", "must not be specified when patchType is " + type);
    }
  }

  @Override
  public TableColumns columns() {
    String member = mutating ? "mutations" : "validations";
    return Columns.of(
        (policy, now) ->
            Columns.row(Columns.name(policy), (long) policy.tree("spec").list(member).size(), paramKind(policy), Columns.age(policy, now)),
        Columns.NAME,
        Columns.number(mutating ? "Mutations" : "Validations", "How many of them the policy has"),
        Columns.text("ParamKind", "ParamKind specifies the kind of resources used to parameterize this policy"),
        Columns.AGE);
  }

  private static String paramKind(Tree policy) {
    return policy.tree("spec").get("paramKind") instanceof Tree kind ? kind.string("apiVersion") + "/" + kind.string("kind") : "<unset>";
  }
}
