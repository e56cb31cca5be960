package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A path into an object as printer columns and selectable fields state it: {@code .spec.list[0].image},
 * {@code .a[?(@.type=="Ready")].status}. Missing members are no error. (Source: client-go/util/jsonpath.)
 */
final class JsonPath {
  private final List<Step> steps;

  private JsonPath(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** What one part of a path selects of a value. */
  private sealed interface Step {
    record Member(String name) implements Step {}

    record Elements() implements Step {}

    record Deep(String name) implements Step {}

    /** @param end exclusive; null for the last element */
    record Slice(int start, Integer end, int step, boolean single) implements Step {}

    record Filter(JsonPath left, String operator, Object right, JsonPath rightPath) implements Step {}

    record Union(List<Step> steps) implements Step {}
  }

  /** @throws IllegalArgumentException when it cannot be read */
  static JsonPath parse(String text) {
    return new JsonPath(new Reader(text).steps());
  }

  /** The first value that the path leads to; a null that is there is no value. */
  Optional<Object> first(Object root) {
    List<Object> found = all(root);
    return found.isEmpty() ? Optional.empty() : Optional.ofNullable(found.getFirst());
  }

  List<Object> all(Object root) {
    List<Object> current = new ArrayList<>();
    current.add(root);
    for (Step step : steps) {
      List<Object> next = new ArrayList<>();
      current.forEach(value -> take(step, value, next));
      current = next;
    }
    return current;
  }

  private static void take(Step step, Object value, List<Object> out) {
    switch (step) {
      case Step.Member member -> {
        if (value instanceof Tree tree && tree.has(member.name())) {
          out.add(tree.get(member.name()));
        }
      }
      case Step.Elements ignored -> children(value).forEach(out::add);
      case Step.Deep deep -> deep(value, deep.name(), out);
      case Step.Slice slice -> slice(slice, value, out);
      case Step.Filter filter -> {
        for (Object child : children(value)) {
          if (holds(filter, child)) {
            out.add(child);
          }
        }
      }
      case Step.Union union -> union.steps().forEach(part -> take(part, value, out));
    }
  }

  private static List<Object> children(Object value) {
    List<Object> children = new ArrayList<>();
    if (value instanceof List<?> list) {
      children.addAll(list);
    } else if (value instanceof Tree tree) {
      tree.forEach((name, member) -> children.add(member));
    }
    return children;
  }

  private static void deep(Object value, String name, List<Object> out) {
    if (value instanceof Tree tree && tree.has(name)) {
      out.add(tree.get(name));
    }
    children(value).forEach(child -> deep(child, name, out));
  }

  private static void slice(Step.Slice slice, Object value, List<Object> out) {
    if (!(value instanceof List<?> list)) {
      return;
    }
    int size = list.size();
    int start = slice.start() < 0 ? slice.start() + size : slice.start();
    if (slice.single()) {
      if (start >= 0 && start < size) {
        out.add(list.get(start));
      }
      return;
    }
    int end = slice.end() == null ? size : slice.end() < 0 ? slice.end() + size : Math.min(slice.end(), size);
    for (int i = Math.max(start, 0); i < end; i += slice.step()) {
      out.add(list.get(i));
    }
  }

  private static boolean holds(Step.Filter filter, Object element) {
    List<Object> left = filter.left().all(element);
    if (filter.operator().isEmpty()) {
      return !left.isEmpty();
    }
    if (left.isEmpty()) {
      return false;
    }
    Object right = filter.right();
    if (filter.rightPath() != null) {
      List<Object> found = filter.rightPath().all(element);
      if (found.isEmpty()) {
        return false;
      }
      right = found.getFirst();
    }
    return compare(left.getFirst(), filter.operator(), right);
  }

  private static boolean compare(Object left, String operator, Object right) {
    if (operator.equals("==") || operator.equals("!=")) {
      boolean same = left instanceof Number a && right instanceof Number b ? a.doubleValue() == b.doubleValue()
          : Objects.equals(left, right);
      return same == operator.equals("==");
    }
    int order;
    if (left instanceof Number a && right instanceof Number b) {
      order = Double.compare(a.doubleValue(), b.doubleValue());
    } else if (left instanceof String a && right instanceof String b) {
      order = a.compareTo(b);
    } else {
      return false;
    }
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  /** A value as text, as {@code PrintResults} of native writes it. */
  static String text(Object value) {
    return switch (value) {
      case null -> "<nil>";
      case String text -> text;
      case Tree tree -> Json.text(tree);
      case List<?> list -> Json.text(list);
      case Double number -> Limits.plain(number).toString();
      default -> value.toString();
    };
  }

  /** Reads paths. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    List<Step> steps() {
      List<Step> steps = new ArrayList<>();
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '[') {
          steps.add(bracket());
        } else if (text.startsWith("..", at)) {
          at += 2;
          steps.add(new Step.Deep(name()));
        } else if (c == '.') {
          at++;
          member(steps);
        } else if (c == '@' || c == '$') {
          at++;
        } else {
          steps.add(new Step.Member(name()));
        }
      }
      return steps;
    }

    private void member(List<Step> steps) {
      if (at >= text.length() || text.charAt(at) == '[') {
        return;
      }
      if (text.charAt(at) == '*') {
        at++;
        steps.add(new Step.Elements());
      } else {
        steps.add(new Step.Member(name()));
      }
    }

    private String name() {
      StringBuilder name = new StringBuilder();
      while (at < text.length() && ".[ ".indexOf(text.charAt(at)) < 0) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        name.append(text.charAt(at++));
      }
      if (name.isEmpty()) {
        throw new IllegalArgumentException("no name at " + at + " in " + text);
      }
      return name.toString();
    }

    private Step bracket() {
      int end = closing();
      String inner = text.substring(at + 1, end).trim();
      at = end + 1;
      if (inner.startsWith("?(") && inner.endsWith(")")) {
        return filter(inner.substring(2, inner.length() - 1));
      }
      List<Step> parts = new ArrayList<>();
      for (String part : inner.startsWith("'") || inner.startsWith("\"") ? List.of(inner) : List.of(inner.split(","))) {
        parts.add(part(part.trim()));
      }
      return parts.size() == 1 ? parts.getFirst() : new Step.Union(parts);
    }

    private int closing() {
      int depth = 0;
      char quote = 0;
      for (int i = at; i < text.length(); i++) {
        char c = text.charAt(i);
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
          quote = c;
        } else if (c == '[') {
          depth++;
        } else if (c == ']' && --depth == 0) {
          return i;
        }
      }
      throw new IllegalArgumentException("unterminated array in " + text);
    }

    private static Step part(String part) {
      if (part.equals("*")) {
        return new Step.Elements();
      }
      if (isQuoted(part)) {
        return new Step.Member(part.substring(1, part.length() - 1));
      }
      try {
        String[] numbers = part.split(":", -1);
        if (numbers.length == 1) {
          return new Step.Slice(Integer.parseInt(part), null, 1, true);
        }
        int start = numbers[0].isEmpty() ? 0 : Integer.parseInt(numbers[0]);
        Integer end = numbers[1].isEmpty() ? null : (Integer) Integer.parseInt(numbers[1]);
        int step = numbers.length < 3 || numbers[2].isEmpty() ? 1 : Integer.parseInt(numbers[2]);
        if (step <= 0) {
          throw new IllegalArgumentException("step must be > 0 in " + part);
        }
        return new Step.Slice(start, end, step, false);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("invalid array index " + part, e);
      }
    }

    private static boolean isQuoted(String part) {
      return part.length() >= 2 && (part.startsWith("'") && part.endsWith("'") || part.startsWith("\"") && part.endsWith("\""));
    }

    private static Step filter(String condition) {
      for (String operator : List.of("==", "!=", "<=", ">=", "<", ">")) {
        int split = condition.indexOf(operator);
        if (split > 0) {
          JsonPath left = parse(condition.substring(0, split).trim());
          String right = condition.substring(split + operator.length()).trim();
          return right.startsWith("@")
              ? new Step.Filter(left, operator, null, parse(right))
              : new Step.Filter(left, operator, literal(right), null);
        }
      }
      return new Step.Filter(parse(condition.trim()), "", null, null);
    }

    private static Object literal(String text) {
      if (isQuoted(text)) {
        return text.substring(1, text.length() - 1);
      }
      if (text.equals("true") || text.equals("false")) {
        return text.equals("true");
      }
      try {
        return text.contains(".") ? (Object) Double.parseDouble(text) : (Object) Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("unrecognized value " + text, e);
      }
    }
  }
}
