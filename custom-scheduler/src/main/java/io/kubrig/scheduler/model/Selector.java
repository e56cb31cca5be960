package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A label selector: all requirements must hold; {@link #NOTHING} selects no object, {@link #EVERYTHING} each one. */
public final class Selector {
  public static final Selector NOTHING = new Selector(null);
  public static final Selector EVERYTHING = new Selector(List.of());

  private final List<Requirement> requirements;

  private Selector(List<Requirement> requirements) {
    this.requirements = requirements;
  }

  /** All of the requirements; an empty list selects everything. */
  public static Selector of(List<Requirement> requirements) {
    return requirements.isEmpty() ? EVERYTHING : new Selector(List.copyOf(requirements));
  }

  /** The selector of an API object: null selects nothing, an empty one everything. */
  public static Selector of(LabelSelector selector) {
    if (selector == null) {
      return NOTHING;
    }
    List<Requirement> all = new ArrayList<>(equalities(selector.getMatchLabels()));
    for (LabelSelectorRequirement r : selector.getMatchExpressions()) {
      all.add(new Requirement(r.getKey(), Requirement.Operator.of(r.getOperator()), r.getValues() == null ? List.of() : r.getValues()));
    }
    return of(all);
  }

  /** Every label of the map must be present with its value; an empty map selects everything. */
  public static Selector ofLabels(Map<String, String> labels) {
    return of(equalities(labels));
  }

  private static List<Requirement> equalities(Map<String, String> labels) {
    List<Requirement> all = new ArrayList<>();
    if (labels != null) {
      new TreeMap<>(labels).forEach((k, v) -> all.add(new Requirement(k, Requirement.Operator.IN, List.of(v))));
    }
    return all;
  }

  /** This selector with one more requirement. */
  public Selector and(Requirement more) {
    if (requirements == null || requirements.contains(more)) {
      return this;
    }
    List<Requirement> all = new ArrayList<>(requirements);
    all.add(more);
    return of(all);
  }

  /** This selector with all requirements of another. */
  public Selector and(Selector other) {
    if (other.requirements == null) {
      return NOTHING;
    }
    Selector result = this;
    for (Requirement r : other.requirements) {
      result = result.and(r);
    }
    return result;
  }

  /** Whether an object with these labels is selected. */
  public boolean matches(Labels labels) {
    if (requirements == null) {
      return false;
    }
    for (Requirement r : requirements) {
      if (!r.accepts(labels.value(r.key()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether every object is selected. */
  public boolean isEverything() {
    return requirements != null && requirements.isEmpty();
  }

  /** Whether no object can be selected. */
  public boolean isNothing() {
    return requirements == null;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Selector s && requirements != null && requirements.equals(s.requirements);
  }

  @Override
  public int hashCode() {
    return requirements == null ? 0 : requirements.hashCode();
  }
}
