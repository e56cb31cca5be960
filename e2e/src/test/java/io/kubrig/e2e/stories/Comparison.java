package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Differences between what was recorded and what is there. {@code <any>} stands for anything, {@code <re>…} is a regular expression. */
final class Comparison {
  private static final String ANY = "<any>";
  private static final String REGEX = "<re>";
  private static final int SHORT = 300;

  private Comparison() {}

  static boolean same(JsonNode expected, JsonNode found) {
    if (expected.isTextual() && expected.textValue().equals(ANY)) {
      return true;
    }
    if (expected.isTextual() && found.isTextual() && expected.textValue().startsWith(REGEX)) {
      return Pattern.matches(expected.textValue().substring(REGEX.length()), found.textValue());
    }
    if (expected.isObject()) {
      return found.isObject() && sameFields(expected, found);
    }
    if (expected.isArray()) {
      boolean same = found.isArray() && expected.size() == found.size();
      for (int i = 0; same && i < expected.size(); i++) {
        same = same(expected.get(i), found.get(i));
      }
      return same;
    }
    return expected.equals(found);
  }

  private static boolean sameFields(JsonNode expected, JsonNode found) {
    for (Map.Entry<String, JsonNode> field : expected.properties()) {
      boolean optional = field.getValue().asText().equals(ANY);
      JsonNode value = found.get(field.getKey());
      if (value == null && !optional || !same(field.getValue(), value == null ? NullNode.getInstance() : value)) {
        return false;
      }
    }
    return found.properties().stream().allMatch(field -> expected.has(field.getKey()));
  }

  /** Adds the differences, each with its path. */
  static void differences(JsonNode expected, JsonNode found, String at, List<String> into) {
    if (same(expected, found)) {
      return;
    }
    if (expected.isObject() && found.isObject()) {
      TreeSet<String> names = new TreeSet<>();
      expected.fieldNames().forEachRemaining(names::add);
      found.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        if (!found.has(name)) {
          if (!expected.get(name).asText().equals(ANY)) {
            into.add(at + "." + name + ": expected " + brief(expected.get(name)) + ", absent");
          }
        } else if (!expected.has(name)) {
          into.add(at + "." + name + ": not expected, got " + brief(found.get(name)));
        } else {
          differences(expected.get(name), found.get(name), at + "." + name, into);
        }
      }
    } else if (expected.isArray() && found.isArray() && expected.size() == found.size()) {
      for (int i = 0; i < expected.size(); i++) {
        differences(expected.get(i), found.get(i), at + "[" + i + "]", into);
      }
    } else {
      into.add(at + ": expected " + brief(expected) + ", got " + brief(found));
    }
  }

  /** Compares as multisets; an object without its equal is compared with the nearest of its name. */
  static void sets(String kind, JsonNode expected, List<JsonNode> found, List<String> into) {
    List<JsonNode> rest = new ArrayList<>(found);
    List<JsonNode> missing = new ArrayList<>();
    for (JsonNode one : expected) {
      if (!rest.stream().filter(other -> same(one, other)).findFirst().map(rest::remove).orElse(false)) {
        missing.add(one);
      }
    }
    for (JsonNode one : missing) {
      List<JsonNode> near = rest.stream().filter(other -> name(other).equals(name(one))).toList();
      near = near.isEmpty() ? rest.stream().filter(other -> start(name(other)).equals(start(name(one)))).toList() : near;
      List<String> best = null;
      JsonNode nearest = null;
      for (JsonNode other : near) {
        List<String> differences = new ArrayList<>();
        differences(one, other, kind + "/" + name(one), differences);
        if (best == null || differences.size() < best.size()) {
          best = differences;
          nearest = other;
        }
      }
      if (best == null) {
        into.add(kind + "/" + name(one) + ": missing");
      } else {
        rest.remove(nearest);
        into.addAll(best);
      }
    }
    rest.forEach(other -> into.add(kind + "/" + name(other) + ": not expected: " + brief(other)));
  }

  private static String name(JsonNode object) {
    return object.path("metadata").path("name").asText();
  }

  private static String start(String name) {
    return name.substring(0, Math.min(6, name.length()));
  }

  static String brief(JsonNode node) {
    String text = node.toString();
    return text.length() <= SHORT ? text : text.substring(0, SHORT) + "…";
  }
}
