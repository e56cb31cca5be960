package io.kubrig.scheduler.model;

import java.util.List;

/**
 * One condition on a label (or node field): key, operator, values.
 *
 * <p>Source: LabelSelectorRequirement and NodeSelectorRequirement of the API reference.
 */
public record Requirement(String key, Operator operator, List<String> values) {

  /** The operators of both kinds of selectors. */
  public enum Operator {
    IN, NOT_IN, EXISTS, DOES_NOT_EXIST, GT, LT;

    /** The operator spelled as in the API, e.g. {@code NotIn}. */
    public static Operator of(String name) {
      return switch (name) {
        case "In" -> IN;
        case "NotIn" -> NOT_IN;
        case "Exists" -> EXISTS;
        case "DoesNotExist" -> DOES_NOT_EXIST;
        case "Gt" -> GT;
        case "Lt" -> LT;
        default -> throw new IllegalArgumentException("\"" + name + "\" is not a valid label selector operator");
      };
    }
  }

  public Requirement {
    values = List.copyOf(values);
  }

  /** Whether a label value (null: absent) fulfils this. */
  public boolean accepts(String value) {
    return switch (operator) {
      case IN -> value != null && values.contains(value);
      case NOT_IN -> value == null || !values.contains(value);
      case EXISTS -> value != null;
      case DOES_NOT_EXIST -> value == null;
      case GT -> compare(value) > 0;
      case LT -> compare(value) < 0;
    };
  }

  /** The sign of (label − operand), or 0 when either is no integer: neither Gt nor Lt then holds. */
  private int compare(String value) {
    if (value == null || values.size() != 1) {
      return 0;
    }
    try {
      return Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
