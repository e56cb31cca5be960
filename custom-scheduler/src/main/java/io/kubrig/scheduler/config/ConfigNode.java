package io.kubrig.scheduler.config;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An object of a configuration file. What native knows has been decoded strictly before, so its fields have the types they are asked for;
 * a field of another type counts as absent. Mistakes are collected, with their lines, in the {@link Problems} that a file shares.
 */
public final class ConfigNode {
  private final Tree tree;
  private final String path;
  private final Lines lines;
  private final String file; // the path within the whole file
  private final Problems problems;

  ConfigNode(Tree tree, String path, Lines lines, Problems problems) {
    this(tree, path, lines, path, problems);
  }

  private ConfigNode(Tree tree, String path, Lines lines, String file, Problems problems) {
    this.tree = tree;
    this.path = path;
    this.lines = lines;
    this.file = file;
    this.problems = problems;
  }

  /** An object without fields: everything at its default. */
  public static ConfigNode empty(Problems problems) {
    return new ConfigNode(new Tree(), "", Lines.NONE, problems);
  }

  /** The same object as if it were all of the file, with mistakes of its own. */
  public ConfigNode alone() {
    return new ConfigNode(tree, "", lines, file, new Problems());
  }

  /** The full name of a field. */
  public String path(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** Notes a mistake in a field. */
  public void problem(String field, String text) {
    String whole = file.isEmpty() ? field : file + "." + field;
    problems.add(path(field), lines.of(whole, file), text);
  }

  /** Notes a mistake in the object as a whole. */
  public void problem(String text) {
    problems.add(path, lines.of(file, ""), text);
  }

  public Problems problems() {
    return problems;
  }

  /** A field's value: a string, number, boolean, list or {@link Tree}; null when it is not there. */
  Object value(String name) {
    return tree.get(name);
  }

  /** Whether the field is there. */
  public boolean has(String name) {
    return tree.get(name) != null;
  }

  public Optional<String> string(String name) {
    return tree.get(name) instanceof String s ? Optional.of(s) : Optional.empty();
  }

  public String string(String name, String byDefault) {
    return string(name).orElse(byDefault);
  }

  /** A whole number. */
  public Optional<Long> integer(String name) {
    return tree.get(name) instanceof Long n ? Optional.of(n) : Optional.empty();
  }

  public int integer(String name, int byDefault) {
    return integer(name).map(Long::intValue).orElse(byDefault);
  }

  public double decimal(String name, double byDefault) {
    return tree.get(name) instanceof Number n ? n.doubleValue() : byDefault;
  }

  public Optional<Boolean> bool(String name) {
    return tree.get(name) instanceof Boolean b ? Optional.of(b) : Optional.empty();
  }

  public boolean bool(String name, boolean byDefault) {
    return bool(name).orElse(byDefault);
  }

  /** A duration as Go writes it, e.g. {@code 1m30s}. */
  public Duration duration(String name, Duration byDefault) {
    return string(name).map(GoDuration::parse).orElse(byDefault);
  }

  /** A nested object; empty when the field is missing. */
  public ConfigNode object(String name) {
    return child(name, tree.get(name) instanceof Tree t ? t : new Tree());
  }

  /** A nested object whose fields are named, in errors, as if they were this object's own. */
  ConfigNode inlined(String name) {
    ConfigNode nested = object(name);
    return new ConfigNode(nested.tree, path, lines, nested.file, problems);
  }

  private ConfigNode child(String name, Tree value) {
    return new ConfigNode(value, path(name), lines, file.isEmpty() ? name : file + "." + name, problems);
  }

  /** A list of objects; empty when the field is missing. */
  public List<ConfigNode> objects(String name) {
    List<ConfigNode> out = new ArrayList<>();
    if (tree.get(name) instanceof List<?> items) {
      for (int i = 0; i < items.size(); i++) {
        out.add(child(name + "[" + i + "]", items.get(i) instanceof Tree t ? t : new Tree()));
      }
    }
    return out;
  }

  /** A list of texts. */
  public List<String> strings(String name) {
    return tree.get(name) instanceof List<?> items ? items.stream().map(o -> o instanceof String s ? s : "").toList() : List.of();
  }

  /** The whole object as plain Java values, for types that are read elsewhere. */
  public Map<String, Object> plain() {
    return plain(tree);
  }

  private static Map<String, Object> plain(Tree tree) {
    Map<String, Object> out = new LinkedHashMap<>();
    tree.forEach((name, value) -> out.put(name, plain(value)));
    return out;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Tree t -> plain(t);
      case List<?> l -> l.stream().map(ConfigNode::plain).toList();
      case null, default -> value;
    };
  }
}
