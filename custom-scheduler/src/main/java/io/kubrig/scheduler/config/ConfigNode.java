package io.kubrig.scheduler.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * An object of a configuration file under strict reading: every field is asked for by name and type, and {@link #close} reports those that
 * nobody asked for. Mistakes are collected, with their lines, in the {@link Problems} the whole file shares.
 */
public final class ConfigNode implements AutoCloseable {
  private static final Pattern DURATION_PART = Pattern.compile("([0-9.]+)(h|ms|m|us|µs|ns|s)");
  private static final LoadSettings SETTINGS = LoadSettings.builder().setAllowDuplicateKeys(false).build();

  private final MappingNode node;
  private final String path;
  private final Problems problems;
  private final Map<String, Node> fields = new LinkedHashMap<>();
  private final Set<String> asked = new HashSet<>();

  private ConfigNode(MappingNode node, String path, Problems problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
    if (node != null) {
      for (NodeTuple t : node.getValue()) {
        fields.put(((ScalarNode) t.getKeyNode()).getValue(), t.getValueNode());
      }
    }
  }

  /** Parses a YAML (or JSON) text with one object. */
  public static ConfigNode parse(String yaml, Problems problems) {
    try {
      Node root = new Compose(SETTINGS).composeString(yaml).orElse(null);
      if (!(root instanceof MappingNode map)) {
        throw new InvalidConfigurationException("the configuration is not an object");
      }
      return new ConfigNode(map, "", problems);
    } catch (YamlEngineException e) {
      throw new InvalidConfigurationException("error converting YAML to JSON: " + e.getMessage());
    }
  }

  /** An object without fields: everything at its default. */
  public static ConfigNode empty(Problems problems) {
    return new ConfigNode(null, "", problems);
  }

  /** The full name of a field. */
  public String path(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** Notes a mistake in a field. */
  public void problem(String field, String text) {
    Node at = fields.get(field);
    problems.add(path(field), line(at == null ? node : at), text);
  }

  public Problems problems() {
    return problems;
  }

  private static int line(Node n) {
    return n == null ? 0 : n.getStartMark().map(m -> m.getLine() + 1).orElse(0);
  }

  private Optional<Node> field(String name) {
    asked.add(name);
    return Optional.ofNullable(fields.get(name)).filter(n -> !isNull(n));
  }

  private static boolean isNull(Node n) {
    return n instanceof ScalarNode s && s.getTag().getValue().endsWith(":null");
  }

  /** Whether the field is there. */
  public boolean has(String name) {
    return field(name).isPresent();
  }

  public Optional<String> string(String name) {
    return field(name).flatMap(n -> scalar(name, n));
  }

  public String string(String name, String byDefault) {
    return string(name).orElse(byDefault);
  }

  private Optional<String> scalar(String name, Node n) {
    if (n instanceof ScalarNode s) {
      return Optional.of(s.getValue());
    }
    problem(name, "Invalid value: a plain value is expected");
    return Optional.empty();
  }

  /** A whole number. */
  public Optional<Long> integer(String name) {
    return string(name).flatMap(s -> {
      try {
        return Optional.of(Long.parseLong(s));
      } catch (NumberFormatException e) {
        problem(name, "Invalid value: \"" + s + "\": a whole number is expected");
        return Optional.empty();
      }
    });
  }

  public int integer(String name, int byDefault) {
    return integer(name).map(Long::intValue).orElse(byDefault);
  }

  public Optional<Boolean> bool(String name) {
    return string(name).flatMap(s -> switch (s) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> {
        problem(name, "Invalid value: \"" + s + "\": true or false is expected");
        yield Optional.empty();
      }
    });
  }

  public boolean bool(String name, boolean byDefault) {
    return bool(name).orElse(byDefault);
  }

  /** A duration as Go writes it, e.g. {@code 1m30s}. */
  public Duration duration(String name, Duration byDefault) {
    return string(name).map(s -> {
      try {
        return parseDuration(s);
      } catch (IllegalArgumentException e) {
        problem(name, "Invalid value: \"" + s + "\": time: invalid duration");
        return byDefault;
      }
    }).orElse(byDefault);
  }

  /** A duration as Go writes it. */
  public static Duration parseDuration(String s) {
    if (s.equals("0")) {
      return Duration.ZERO;
    }
    Matcher m = DURATION_PART.matcher(s);
    double nanos = 0;
    int end = 0;
    while (m.find() && m.start() == end) {
      nanos += Double.parseDouble(m.group(1)) * switch (m.group(2)) {
        case "h" -> 3600e9;
        case "m" -> 60e9;
        case "s" -> 1e9;
        case "ms" -> 1e6;
        case "us", "µs" -> 1e3;
        default -> 1;
      };
      end = m.end();
    }
    if (end != s.length() || end == 0) {
      throw new IllegalArgumentException("invalid duration " + s);
    }
    return Duration.ofNanos(Math.round(nanos));
  }

  /** A nested object; empty when the field is missing. */
  public ConfigNode object(String name) {
    Node n = field(name).orElse(null);
    if (n != null && !(n instanceof MappingNode)) {
      problem(name, "Invalid value: an object is expected");
      n = null;
    }
    return new ConfigNode((MappingNode) n, path(name), problems);
  }

  /** A list of objects; empty when the field is missing. */
  public List<ConfigNode> objects(String name) {
    List<ConfigNode> out = new ArrayList<>();
    List<Node> items = items(name);
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof MappingNode m) {
        out.add(new ConfigNode(m, path(name) + "[" + i + "]", problems));
      } else {
        problem(name, "Invalid value: a list of objects is expected");
      }
    }
    return out;
  }

  /** A list of plain values. */
  public List<String> strings(String name) {
    return items(name).stream().map(n -> scalar(name, n).orElse("")).toList();
  }

  private List<Node> items(String name) {
    Node n = field(name).orElse(null);
    if (n == null) {
      return List.of();
    }
    if (n instanceof SequenceNode s) {
      return s.getValue();
    }
    problem(name, "Invalid value: a list is expected");
    return List.of();
  }

  /** The whole object as plain Java values, for types that are read elsewhere. Counts as having asked for every field. */
  public Object plain() {
    asked.addAll(fields.keySet());
    return node == null ? Map.of() : new StandardConstructor(SETTINGS).constructSingleDocument(Optional.of(node));
  }

  /** Reports fields nobody asked for. */
  @Override
  public void close() {
    for (String f : fields.keySet()) {
      if (!asked.contains(f)) {
        problems.add("strict decoding error", line(fields.get(f)), "unknown field \"" + path(f) + "\"");
      }
    }
  }
}
