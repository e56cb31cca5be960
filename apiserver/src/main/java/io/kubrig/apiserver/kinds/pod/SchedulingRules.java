package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a pod may say of the nodes it runs on: selectors, affinity, tolerations, spreading, gates. */
public final class SchedulingRules {
  private static final String WEIGHT = "must be in the range 1-100";
  private static final String NO_OPERATOR = "not a valid selector operator";
  private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
  private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
  private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

  private SchedulingRules() {}

  static void gates(List<Tree> gates, FieldPath path, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < gates.size(); i++) {
      String name = gates.get(i).string("name");
      Checks.labelName(name, path.index(i), errors);
      if (!seen.add(name)) {
        errors.duplicate(path.index(i), name);
      }
    }
  }

  /** Tolerations of pods and runtime classes. */
  public static void tolerations(List<Tree> tolerations, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < tolerations.size(); i++) {
      toleration(tolerations.get(i), path.index(i), errors);
    }
  }

  private static void toleration(Tree toleration, FieldPath path, FieldErrors errors) {
    String key = toleration.string("key");
    String operator = toleration.string("operator");
    String value = toleration.string("value");
    String effect = toleration.string("effect");
    if (!key.isEmpty()) {
      Checks.labelName(key, path.child("key"), errors);
    } else if (!operator.equals("Exists")) {
      errors.invalid(
          path.child("operator"), operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    }
    if (toleration.get("tolerationSeconds") != null && !effect.equals("NoExecute")) {
      errors.invalid(path.child("effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    switch (operator) {
      case "", "Equal" -> {
        List<String> wrong = Names.labelValue(value);
        if (!wrong.isEmpty()) {
          errors.invalid(path.child("operator"), value, String.join(";", wrong));
        }
      }
      case "Exists" -> {
        if (!value.isEmpty()) {
          errors.invalid(path.child("operator"), value, "value must be empty when `operator` is 'Exists'");
        }
      }
      default -> errors.notSupported(path.child("operator"), operator, List.of("Equal", "Exists"));
    }
    if (!effect.isEmpty()) {
      Checks.oneOf(toleration, "effect", EFFECTS, path, errors);
    }
  }

  // ---- affinity ------------------------------------------------------------------------------------------------------

  static void affinity(Tree affinity, FieldPath path, FieldErrors errors) {
    Tree ofNode = affinity.tree("nodeAffinity");
    FieldPath nodePath = path.child("nodeAffinity");
    if (ofNode.get(REQUIRED) instanceof Tree selector) {
      nodeSelector(selector, nodePath.child(REQUIRED), errors);
    }
    List<Tree> preferred = ofNode.trees(PREFERRED);
    for (int i = 0; i < preferred.size(); i++) {
      FieldPath at = nodePath.child(PREFERRED).index(i);
      weight(preferred.get(i), at, errors);
      nodeTerm(preferred.get(i).tree("preference"), false, at.child("preference"), errors);
    }
    for (String kind : List.of("podAffinity", "podAntiAffinity")) {
      podAffinity(affinity.tree(kind), path.child(kind), errors);
    }
  }

  private static void weight(Tree term, FieldPath path, FieldErrors errors) {
    long weight = term.integer("weight");
    if (weight <= 0 || weight > 100) {
      errors.invalid(path.child("weight"), weight, WEIGHT);
    }
  }

  /** A {@code NodeSelector}, of pods and of volumes. */
  public static void nodeSelector(Tree selector, FieldPath path, FieldErrors errors) {
    List<Tree> terms = selector.trees("nodeSelectorTerms");
    if (terms.isEmpty()) {
      errors.required(path.child("nodeSelectorTerms"), "must have at least one node selector term");
    }
    for (int i = 0; i < terms.size(); i++) {
      nodeTerm(terms.get(i), true, path.child("nodeSelectorTerms").index(i), errors);
    }
  }

  /** @param checksValues whether values must be those of labels */
  private static void nodeTerm(Tree term, boolean checksValues, FieldPath path, FieldErrors errors) {
    List<Tree> expressions = term.trees("matchExpressions");
    for (int i = 0; i < expressions.size(); i++) {
      nodeExpression(expressions.get(i), checksValues, path.child("matchExpressions").index(i), errors);
    }
    List<Tree> fields = term.trees("matchFields");
    for (int i = 0; i < fields.size(); i++) {
      nodeField(fields.get(i), path.child("matchFields").index(i), errors);
    }
  }

  private static void nodeExpression(Tree expression, boolean checksValues, FieldPath path, FieldErrors errors) {
    List<String> values = expression.strings("values");
    switch (expression.string("operator")) {
      case "In", "NotIn" -> {
        if (values.isEmpty()) {
          errors.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!values.isEmpty()) {
          errors.forbidden(path.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      case "Gt", "Lt" -> {
        if (values.size() != 1) {
          errors.required(path.child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
      }
      default -> errors.invalid(path.child("operator"), expression.string("operator"), NO_OPERATOR);
    }
    Checks.labelName(expression.string("key"), path.child("key"), errors);
    for (int i = 0; i < values.size() && checksValues; i++) {
      String value = values.get(i);
      FieldPath at = path.child("values").index(i);
      Names.labelValue(value).forEach(text -> errors.invalid(at, value, text));
    }
  }

  private static void nodeField(Tree requirement, FieldPath path, FieldErrors errors) {
    String operator = requirement.string("operator");
    List<String> values = requirement.strings("values");
    if (!operator.equals("In") && !operator.equals("NotIn")) {
      errors.invalid(path.child("operator"), operator, NO_OPERATOR);
    } else if (values.size() != 1) {
      errors.required(path.child("values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    }
    if (!requirement.string("key").equals("metadata.name")) {
      errors.invalid(path.child("key"), requirement.string("key"), "not a valid field selector key");
      return;
    }
    for (int i = 0; i < values.size(); i++) {
      Checks.dnsSubdomain(values.get(i), path.child("values").index(i), errors);
    }
  }

  private static void podAffinity(Tree affinity, FieldPath path, FieldErrors errors) {
    List<Tree> required = affinity.trees(REQUIRED);
    for (int i = 0; i < required.size(); i++) {
      podTerm(required.get(i), path.child(REQUIRED).index(i), errors);
    }
    List<Tree> preferred = affinity.trees(PREFERRED);
    for (int i = 0; i < preferred.size(); i++) {
      FieldPath at = path.child(PREFERRED).index(i);
      weight(preferred.get(i), at, errors);
      podTerm(preferred.get(i).tree("podAffinityTerm"), at.child("podAffinityTerm"), errors);
    }
  }

  private static void podTerm(Tree term, FieldPath path, FieldErrors errors) {
    for (String selector : List.of("labelSelector", "namespaceSelector")) {
      if (term.get(selector) instanceof Tree tree) {
        Selectors.check(tree, path.child(selector), errors);
      }
    }
    for (String namespace : term.strings("namespaces")) {
      Checks.dnsLabel(namespace, path.child("namespace"), errors);
    }
    labelKeys(term, path, errors);
    String key = term.string("topologyKey");
    if (key.isEmpty()) {
      errors.required(path.child("topologyKey"), "can not be empty");
    }
    Checks.labelName(key, path.child("topologyKey"), errors);
  }

  private static void labelKeys(Tree term, FieldPath path, FieldErrors errors) {
    List<String> matching = term.strings("matchLabelKeys");
    List<String> mismatching = term.strings("mismatchLabelKeys");
    for (String member : List.of("matchLabelKeys", "mismatchLabelKeys")) {
      List<String> keys = term.strings(member);
      if (!keys.isEmpty() && term.get("labelSelector") == null) {
        errors.forbidden(path.child(member), "must not be specified when labelSelector is not set");
        continue;
      }
      for (int i = 0; i < keys.size(); i++) {
        Checks.labelName(keys.get(i), path.child(member).index(i), errors);
      }
    }
    Tree selector = term.tree("labelSelector");
    Set<String> selected = new HashSet<>(selector.tree("matchLabels").names());
    for (Tree expression : selector.trees("matchExpressions")) {
      String key = expression.string("key");
      // what the server adds for matchLabelKeys comes last, so a key that is there before is the client's own
      if (!selected.add(key) && matching.contains(key)) {
        errors.invalid(path.index(matching.lastIndexOf(key)), key, "exists in both matchLabelKeys and labelSelector");
      }
    }
    for (int i = 0; i < matching.size(); i++) {
      if (mismatching.contains(matching.get(i))) {
        errors.invalid(path.child("matchLabelKeys").index(i), matching.get(i), "exists in both matchLabelKeys and mismatchLabelKeys");
      }
    }
  }

  // ---- spreading -----------------------------------------------------------------------------------------------------

  static void spread(List<Tree> constraints, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < constraints.size(); i++) {
      constraint(constraints.get(i), constraints.subList(i + 1, constraints.size()), path.index(i), errors);
    }
  }

  private static void constraint(Tree constraint, List<Tree> others, FieldPath path, FieldErrors errors) {
    String action = constraint.string("whenUnsatisfiable");
    if (constraint.integer("maxSkew") <= 0) {
      errors.invalid(path.child("maxSkew"), constraint.integer("maxSkew"), "must be greater than zero");
    }
    if (constraint.string("topologyKey").isEmpty()) {
      errors.required(path.child("topologyKey"), "can not be empty");
    }
    List<String> actions = List.of("DoNotSchedule", "ScheduleAnyway");
    if (!actions.contains(action)) {
      errors.notSupported(path.child("whenUnsatisfiable"), action, actions);
    }
    String key = constraint.string("topologyKey");
    boolean repeated =
        others.stream().anyMatch(other -> other.string("topologyKey").equals(key) && other.string("whenUnsatisfiable").equals(action));
    if (repeated) {
      errors.duplicate(path.child("{topologyKey, whenUnsatisfiable}"), "{" + key + ", " + action + "}");
    }
    if (constraint.get("minDomains") instanceof Long domains) {
      if (domains <= 0) {
        errors.invalid(path.child("minDomains"), domains, "must be greater than zero");
      }
      if (!action.equals("DoNotSchedule")) {
        errors.invalid(path.child("minDomains"), domains, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + action);
      }
    }
    Checks.oneOf(constraint, "nodeAffinityPolicy", List.of("Honor", "Ignore"), path, errors);
    Checks.oneOf(constraint, "nodeTaintsPolicy", List.of("Honor", "Ignore"), path, errors);
    labelKeys(constraint, path, errors);
    Selectors.check(constraint.tree("labelSelector"), path.child("labelSelector"), errors);
  }
}
