package io.kubrig.operators.ownership;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A parsed label selector. One without terms matches everything; use {@link #matchesNothing} for an absent one. */
public final class Selector {
  private static final Set<String> OPERATORS = Set.of("In", "NotIn", "Exists", "DoesNotExist");

  private final Map<String, String> equal;
  private final List<LabelSelectorRequirement> terms;
  private final boolean nothing;

  private Selector(Map<String, String> equal, List<LabelSelectorRequirement> terms, boolean nothing) {
    this.equal = new TreeMap<>(equal);
    this.terms = terms;
    this.nothing = nothing;
  }

  /** The selector that matches no object. */
  public static Selector matchesNothing() {
    return new Selector(Map.of(), List.of(), true);
  }

  /**
   * A LabelSelector's meaning; null matches nothing.
   *
   * @throws IllegalArgumentException an operator or its values make no sense
   */
  public static Selector of(LabelSelector selector) {
    if (selector == null) {
      return matchesNothing();
    }
    List<LabelSelectorRequirement> terms = Objects.orEmpty(selector.getMatchExpressions());
    for (LabelSelectorRequirement term : terms) {
      if (term.getKey() == null || !OPERATORS.contains(String.valueOf(term.getOperator()))) {
        throw new IllegalArgumentException("\"" + term.getOperator() + "\" is not a valid label selector operator");
      }
    }
    return new Selector(Objects.orEmpty(selector.getMatchLabels()), terms, false);
  }

  /** The selector of a ReplicationController or Service: labels that must be equal; none or null matches nothing. */
  public static Selector ofMap(Map<String, String> labels) {
    return labels == null || labels.isEmpty() ? matchesNothing() : new Selector(labels, List.of(), false);
  }

  /** Whether it has no terms at all and hence matches everything. */
  public boolean isEmpty() {
    return !nothing && equal.isEmpty() && terms.isEmpty();
  }

  /** Whether an object with these labels is meant. */
  public boolean matches(Map<String, String> labels) {
    if (nothing) {
      return false;
    }
    Map<String, String> known = Objects.orEmpty(labels);
    for (Map.Entry<String, String> wanted : equal.entrySet()) { // asked of every pod at every turn: no streams
      if (!(wanted.getValue() == null ? "" : wanted.getValue()).equals(known.get(wanted.getKey()))) {
        return false;
      }
    }
    for (LabelSelectorRequirement term : terms) {
      if (!holds(term, known)) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(LabelSelectorRequirement term, Map<String, String> labels) {
    String value = labels.get(term.getKey());
    return switch (term.getOperator()) {
      case "In" -> value != null && Objects.orEmpty(term.getValues()).contains(value);
      case "NotIn" -> value == null || !Objects.orEmpty(term.getValues()).contains(value);
      case "Exists" -> value != null;
      default -> value == null;
    };
  }

  /** The text form, as LIST requests and scale subresources carry it. */
  @Override
  public String toString() {
    Map<String, String> parts = new TreeMap<>();
    equal.forEach((key, value) -> parts.put(key + "\0", key + "=" + value));
    for (LabelSelectorRequirement term : terms) {
      String values = "(" + String.join(",", Objects.orEmpty(term.getValues()).stream().sorted().toList()) + ")";
      parts.put(term.getKey() + "\0" + term.getOperator() + values, switch (term.getOperator()) {
        case "In" -> term.getKey() + " in " + values;
        case "NotIn" -> term.getKey() + " notin " + values;
        case "Exists" -> term.getKey();
        default -> "!" + term.getKey();
      });
    }
    return String.join(",", parts.values());
  }
}
