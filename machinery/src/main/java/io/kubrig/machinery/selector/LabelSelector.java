package io.kubrig.machinery.selector;

import io.kubrig.machinery.selector.Requirement.Operator;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A conjunction of requirements on labels, sorted by key; without requirements it matches everything. Immutable. */
public final class LabelSelector {
  private static final LabelSelector EVERYTHING = new LabelSelector(List.of(), false);
  private static final LabelSelector NOTHING = new LabelSelector(List.of(), true);

  private final List<Requirement> requirements;
  private final boolean nothing;

  private LabelSelector(List<Requirement> requirements, boolean nothing) {
    this.requirements = requirements;
    this.nothing = nothing;
  }

  public static LabelSelector everything() {
    return EVERYTHING;
  }

  /** Matches no object, not even one without labels. */
  public static LabelSelector nothing() {
    return NOTHING;
  }

  /**
   * Parses {@code a=b,c in (d,e),!f,g>1}.
   *
   * @throws SelectorException with the native message
   */
  public static LabelSelector parse(String text) {
    return text.isEmpty() ? EVERYTHING : of(new LabelSelectorParser(text).parse());
  }

  public static LabelSelector of(List<Requirement> requirements) {
    return new LabelSelector(requirements.stream().sorted(Comparator.comparing(Requirement::key)).toList(), false);
  }

  /** Exactly these labels; not validated. */
  public static LabelSelector ofLabels(Map<String, String> labels) {
    List<Requirement> requirements = new ArrayList<>(labels.size());
    labels.forEach((key, value) -> requirements.add(new Requirement(key, Operator.EQUALS, List.of(value))));
    return of(requirements);
  }

  /**
   * The selector that a {@code LabelSelector} object of the API stands for: an empty one matches everything.
   *
   * @throws SelectorException with the native message
   */
  public static LabelSelector of(Tree selector) {
    List<Requirement> requirements = new ArrayList<>();
    selector.stringMap("matchLabels").forEach((key, value) -> requirements.add(Requirement.checked(key, Operator.EQUALS, List.of(value))));
    for (Tree expression : selector.trees("matchExpressions")) {
      Operator operator =
          switch (expression.string("operator")) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            default -> throw new SelectorException('"' + expression.string("operator") + "\" is not a valid label selector operator");
          };
      requirements.add(Requirement.checked(expression.string("key"), operator, expression.strings("values")));
    }
    return of(requirements);
  }

  public boolean matches(Map<String, String> labels) {
    return matches(labels::get);
  }

  /** Whether the labels in a tree ({@code metadata.labels}) match. */
  public boolean matches(Tree labels) {
    return matches(key -> labels.get(key) instanceof String value ? value : null);
  }

  /** @param label answers the value of a label, or null when there is none */
  public boolean matches(Function<String, String> label) {
    if (nothing) {
      return false;
    }
    for (Requirement requirement : requirements) {
      if (!requirement.matches(label)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it restricts nothing. */
  public boolean isEmpty() {
    return !nothing && requirements.isEmpty();
  }

  public List<Requirement> requirements() {
    return requirements;
  }

  /** The one value that a label must have, where the selector says so. */
  public Optional<String> exactValue(String key) {
    for (Requirement requirement : requirements) {
      if (requirement.key().equals(key)) {
        return switch (requirement.operator()) {
          case EQUALS, DOUBLE_EQUALS, IN -> requirement.values().size() == 1 ? Optional.of(requirement.values().getFirst())
              : Optional.empty();
          default -> Optional.empty();
        };
      }
    }
    return Optional.empty();
  }

  /** The selector string. */
  @Override
  public String toString() {
    return String.join(",", requirements.stream().map(Requirement::toString).toList());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LabelSelector that && nothing == that.nothing && requirements.equals(that.requirements);
  }

  @Override
  public int hashCode() {
    return requirements.hashCode() + (nothing ? 1 : 0);
  }
}
