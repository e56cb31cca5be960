package io.kubrig.machinery.config;

import io.kubrig.machinery.duration.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a configuration. Reading a field by name consumes it; {@link #finish} on the root reports every field that nobody
 * consumed, in this mapping and in those read out of it. A field that is absent or {@code null} has its default.
 *
 * <p>Errors: a value of the wrong type throws {@link ConfigException}.
 */
public final class ConfigFields {
  private final String origin;
  private final String path;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Set<String> consumed = new HashSet<>();
  private final List<ConfigFields> children = new ArrayList<>();

  private ConfigFields(String origin, String path) {
    this.origin = origin;
    this.path = path;
  }

  static ConfigFields root(String origin, MappingNode mapping) {
    return of(origin, "", mapping);
  }

  private static ConfigFields of(String origin, String path, MappingNode mapping) {
    ConfigFields fields = new ConfigFields(origin, path);
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw fields.error(tuple.getKeyNode(), "a field name is a text");
      }
      if (fields.values.put(key.getValue(), tuple.getValueNode()) != null) {
        throw fields.error(key, "key \"" + fields.pathOf(key.getValue()) + "\" already set in map");
      }
      fields.keys.put(key.getValue(), key);
    }
    return fields;
  }

  /** Whether the field is there and not null; does not consume it. */
  public boolean has(String name) {
    Node node = values.get(name);
    return node != null && !isNull(node);
  }

  /** Consumes a field of any shape without reading it, for settings that have no meaning here; returns whether it was set. */
  public boolean ignore(String name) {
    return take(name) != null;
  }

  public String text(String name, String absent) {
    return scalar(name, absent, "a text", text -> text);
  }

  public boolean bool(String name, boolean absent) {
    return scalar(name, absent, "true or false", ConfigFields::parseBool);
  }

  public int integer(String name, int absent) {
    return scalar(name, absent, "a whole number", Integer::parseInt);
  }

  public double decimal(String name, double absent) {
    return scalar(name, absent, "a number", Double::parseDouble);
  }

  /** A duration such as {@code 1m30s}. */
  public Duration duration(String name, Duration absent) {
    return scalar(name, absent, "a duration such as 1m30s", GoDuration::parse);
  }

  /** A list of texts. */
  public List<String> texts(String name, List<String> absent) {
    Node node = take(name);
    if (node == null) {
      return absent;
    }
    List<String> texts = new ArrayList<>();
    for (Node element : sequence(name, node)) {
      if (!(element instanceof ScalarNode scalar)) {
        throw error(element, pathOf(name) + " must be a list of texts");
      }
      texts.add(scalar.getValue());
    }
    return List.copyOf(texts);
  }

  /** A mapping whose keys are free, such as labels or resource amounts. */
  public Map<String, String> textMap(String name, Map<String, String> absent) {
    Node node = take(name);
    if (node == null) {
      return absent;
    }
    ConfigFields map = of(origin, pathOf(name), mapping(name, node));
    Map<String, String> texts = new LinkedHashMap<>();
    map.values.keySet().forEach(key -> texts.put(key, map.text(key, "")));
    return texts;
  }

  /** A mapping; an empty one when it is absent. */
  public ConfigFields fields(String name) {
    Node node = take(name);
    ConfigFields child = node == null ? new ConfigFields(origin, pathOf(name)) : of(origin, pathOf(name), mapping(name, node));
    children.add(child);
    return child;
  }

  /** A list of mappings; empty when it is absent. */
  public List<ConfigFields> list(String name) {
    Node node = take(name);
    List<ConfigFields> list = new ArrayList<>();
    if (node != null) {
      int index = 0;
      for (Node element : sequence(name, node)) {
        String elementName = name + "[" + index++ + "]";
        list.add(of(origin, pathOf(elementName), mapping(elementName, element)));
      }
    }
    children.addAll(list);
    return List.copyOf(list);
  }

  /** Reports the fields that nobody read. */
  public void finish() {
    List<String> unknown = new ArrayList<>();
    collectUnknown(unknown);
    if (!unknown.isEmpty()) {
      throw new ConfigException("strict decoding error: " + String.join(", ", unknown));
    }
  }

  private void collectUnknown(List<String> unknown) {
    for (Map.Entry<String, Node> key : keys.entrySet()) {
      if (!consumed.contains(key.getKey())) {
        unknown.add(place(key.getValue()) + ": unknown field \"" + pathOf(key.getKey()) + "\"");
      }
    }
    children.forEach(child -> child.collectUnknown(unknown));
  }

  /** An error about a field of this mapping, for checks that are not about types. */
  public ConfigException invalid(String name, String problem) {
    Node node = values.get(name);
    return node == null ? new ConfigException(origin + ": " + pathOf(name) + ": " + problem) : error(node, pathOf(name) + ": " + problem);
  }

  private <T> T scalar(String name, T absent, String what, Function<String, T> parse) {
    Node node = take(name);
    if (node == null) {
      return absent;
    }
    if (node instanceof ScalarNode scalar) {
      try {
        return parse.apply(scalar.getValue());
      } catch (IllegalArgumentException e) {
        throw error(node, pathOf(name) + " must be " + what + ", not \"" + scalar.getValue() + "\"");
      }
    }
    throw error(node, pathOf(name) + " must be " + what);
  }

  private static boolean parseBool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private Node take(String name) {
    consumed.add(name);
    return has(name) ? values.get(name) : null;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private MappingNode mapping(String name, Node node) {
    if (node instanceof MappingNode mapping) {
      return mapping;
    }
    throw error(node, pathOf(name) + " must be a mapping");
  }

  private List<Node> sequence(String name, Node node) {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw error(node, pathOf(name) + " must be a list");
  }

  private String pathOf(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private String place(Node node) {
    return origin + node.getStartMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
  }

  private ConfigException error(Node node, String problem) {
    return new ConfigException(place(node) + ": " + problem);
  }
}
