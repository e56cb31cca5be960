package io.kubrig.machinery.selector;

import io.kubrig.machinery.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One condition on a label.
 *
 * @param values one value for = == != Gt Lt, at least one for In and NotIn, none for Exists and DoesNotExist
 */
public record Requirement(String key, Operator operator, List<String> values) {

  /** How key and values relate. */
  public enum Operator {
    IN("in"),
    NOT_IN("notin"),
    EQUALS("="),
    DOUBLE_EQUALS("=="),
    NOT_EQUALS("!="),
    EXISTS("exists"),
    DOES_NOT_EXIST("!"),
    GREATER_THAN("gt"),
    LESS_THAN("lt");

    private final String word;

    Operator(String word) {
      this.word = word;
    }

    /** The word in a selector string, as native messages print it. */
    public String word() {
      return word;
    }
  }

  public Requirement {
    values = List.copyOf(values);
  }

  /**
   * A requirement whose key, operator and values fit.
   *
   * @throws SelectorException with the native messages
   */
  static Requirement checked(String key, Operator operator, List<String> values) {
    List<String> errors = new ArrayList<>();
    List<String> keyErrors = LabelSyntax.keyErrors(key);
    if (!keyErrors.isEmpty()) {
      errors.add(invalid("key", key, String.join("; ", keyErrors)));
    }
    String list = "values: Invalid value: " + Json.text(values) + ": ";
    switch (operator) {
      case IN, NOT_IN -> {
        if (values.isEmpty()) {
          errors.add(list + "for 'in', 'notin' operators, values set can't be empty");
        }
      }
      case EQUALS, DOUBLE_EQUALS, NOT_EQUALS -> {
        if (values.size() != 1) {
          errors.add(list + "exact-match compatibility requires one single value");
        }
      }
      case EXISTS, DOES_NOT_EXIST -> {
        if (!values.isEmpty()) {
          errors.add(list + "values set must be empty for exists and does not exist");
        }
      }
      case GREATER_THAN, LESS_THAN -> checkBounds(values, list, errors);
    }
    for (int i = 0; i < values.size(); i++) {
      List<String> valueErrors = LabelSyntax.valueErrors(values.get(i));
      if (!valueErrors.isEmpty()) {
        errors.add(invalid("values[" + i + "][" + key + "]", values.get(i), String.join("; ", valueErrors)));
      }
    }
    if (!errors.isEmpty()) {
      throw new SelectorException(errors.size() == 1 ? errors.getFirst() : errors.toString());
    }
    return new Requirement(key, operator, values);
  }

  private static void checkBounds(List<String> values, String list, List<String> errors) {
    if (values.size() != 1) {
      errors.add(list + "for 'Gt', 'Lt' operators, exactly one value is required");
    }
    for (int i = 0; i < values.size(); i++) {
      if (number(values.get(i)) == null) {
        errors.add(invalid("values[" + i + "]", values.get(i), "for 'Gt', 'Lt' operators, the value must be an integer"));
      }
    }
  }

  static String invalid(String path, String value, String rule) {
    return path + ": Invalid value: " + quoted(value) + ": " + rule;
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  public boolean matches(Map<String, String> labels) {
    return matches(labels::get);
  }

  /** @param label answers the value of a label, or null when there is none */
  public boolean matches(Function<String, String> label) {
    String value = label.apply(key);
    return switch (operator) {
      case IN, EQUALS, DOUBLE_EQUALS -> value != null && values.contains(value);
      case NOT_IN, NOT_EQUALS -> value == null || !values.contains(value);
      case EXISTS -> value != null;
      case DOES_NOT_EXIST -> value == null;
      case GREATER_THAN, LESS_THAN -> {
        Long ours = value == null ? null : number(value);
        Long bound = values.size() == 1 ? number(values.getFirst()) : null;
        yield ours != null && bound != null && (operator == Operator.GREATER_THAN ? ours > bound : ours < bound);
      }
    };
  }

  private static Long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** As in a selector string; values sorted. */
  @Override
  public String toString() {
    String list = String.join(",", values.stream().sorted().toList());
    return switch (operator) {
      case IN -> key + " in (" + list + ")";
      case NOT_IN -> key + " notin (" + list + ")";
      case EQUALS -> key + "=" + list;
      case DOUBLE_EQUALS -> key + "==" + list;
      case NOT_EQUALS -> key + "!=" + list;
      case EXISTS -> key;
      case DOES_NOT_EXIST -> "!" + key;
      case GREATER_THAN -> key + ">" + list;
      case LESS_THAN -> key + "<" + list;
    };
  }
}
