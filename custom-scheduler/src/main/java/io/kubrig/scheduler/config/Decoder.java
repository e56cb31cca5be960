package io.kubrig.scheduler.config;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * From the text of a file to the fields of the kind it must be, as strictly and with the same words as native: the first value of a wrong
 * type ends it; unknown and repeated fields are told all together.
 */
final class Decoder {
  private static final String STRICT = "strict decoding error: ";
  private static final String SCHEME = " in scheme \"pkg/runtime/scheme.go:111\"";
  private static final String CONVERTING = "error converting YAML to JSON: ";

  private final String file; // where this part of the file begins, to find lines
  private final Lines lines;
  private final List<String> unknown = new ArrayList<>();
  private String mistyped; // the first
  private Shape.Struct within;

  private Decoder(String file, Lines lines) {
    this.file = file;
    this.lines = lines;
  }

  /** The root of a file of the right kind; everything in it has the type it must have. */
  static ConfigNode decode(String text, Problems problems) {
    Document document = read(text);
    Tree root = object(document.value());
    checkKind(root, text);
    Lines lines = Lines.of(text);
    List<String> strict = new ArrayList<>();
    if (!document.remarks().isEmpty()) {
      strict.add("yaml: unmarshal errors:\n  " + String.join("\n  ", document.remarks()));
    }
    Decoder decoder = new Decoder("", lines);
    decoder.walk(root, Shapes.CONFIGURATION);
    strict.addAll(decoder.unknown);
    ConfigNode node = new ConfigNode(root, "", lines, problems);
    decodeArgs(node, lines, strict);
    if (!strict.isEmpty()) {
      throw new InvalidConfigurationException(STRICT + String.join(", ", strict));
    }
    return node;
  }

  private static Document read(String text) {
    try {
      return Yaml.readDocument(text.getBytes(StandardCharsets.UTF_8), Limits.REQUEST);
    } catch (YamlException e) {
      String message = e.getMessage();
      throw new InvalidConfigurationException(message.startsWith(CONVERTING) ? message.substring(CONVERTING.length()) : message);
    }
  }

  private static Tree object(Object value) {
    return switch (value) {
      case null -> new Tree();
      case Tree t -> t;
      default -> throw new InvalidConfigurationException("couldn't get version/kind; json parse error: json: cannot unmarshal "
          + jsonName(value) + " into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
          + "\"json:\\\"kind,omitempty\\\"\" }");
    };
  }

  private static void checkKind(Tree root, String text) {
    String kind = root.get("kind") instanceof String s ? s : "";
    String version = root.get("apiVersion") instanceof String s ? s : "";
    if (kind.isEmpty()) {
      throw new InvalidConfigurationException("Object 'Kind' is missing in '" + text + "'");
    }
    if (version.isEmpty()) {
      throw new InvalidConfigurationException("Object 'apiVersion' is missing in '" + text + "'");
    }
    boolean own = version.equals(SchedulerConfiguration.API_VERSION);
    if (own && Shapes.ARGS.keySet().stream().anyMatch(plugin -> kind.equals(plugin + "Args"))) {
      throw new InvalidConfigurationException("couldn't decode as KubeSchedulerConfiguration, got " + version + ", Kind=" + kind + ": ");
    }
    if (!own || !kind.equals("KubeSchedulerConfiguration")) {
      throw new InvalidConfigurationException(notRegistered(kind, version));
    }
  }

  private static String notRegistered(String kind, String version) {
    return "no kind \"" + kind + "\" is registered for version \"" + version + "\"" + SCHEME;
  }

  /** The arguments of native's own plugins are objects with kinds of their own. */
  private static void decodeArgs(ConfigNode root, Lines lines, List<String> strict) {
    List<ConfigNode> profiles = root.objects("profiles");
    for (int i = 0; i < profiles.size(); i++) {
      List<ConfigNode> configs = profiles.get(i).objects("pluginConfig");
      for (int j = 0; j < configs.size(); j++) {
        String plugin = configs.get(j).string("name", "");
        Shape.Struct shape = Shapes.ARGS.get(plugin);
        Object args = configs.get(j).value("args");
        if (shape != null && args != null) {
          String where = "decoding .profiles[" + i + "].pluginConfig[" + j + "]: ";
          try {
            String odd = decodeArgs(plugin, shape, args, new Decoder(configs.get(j).path("args"), lines));
            if (!odd.isEmpty()) {
              strict.add(where + STRICT + "decoding args for plugin " + plugin + ": " + STRICT + odd);
            }
          } catch (InvalidConfigurationException e) {
            throw new InvalidConfigurationException(where + e.getMessage());
          }
        }
      }
    }
  }

  private static String decodeArgs(String plugin, Shape.Struct shape, Object args, Decoder decoder) {
    String decoding = "decoding args for plugin " + plugin + ": ";
    try {
      Tree tree = object(args);
      String kind = tree.get("kind") instanceof String s && !s.isEmpty() ? s : plugin + "Args";
      String version = tree.get("apiVersion") instanceof String s && !s.isEmpty() ? s : SchedulerConfiguration.API_VERSION;
      boolean known = Shapes.ARGS.keySet().stream().anyMatch(p -> kind.equals(p + "Args")) || kind.equals("KubeSchedulerConfiguration");
      if (!version.equals(SchedulerConfiguration.API_VERSION) || !known) {
        throw new InvalidConfigurationException(notRegistered(kind, version));
      }
      if (kind.equals(plugin + "Args")) {
        decoder.walk(tree, shape);
        return String.join(", ", decoder.unknown);
      }
      decoding = "";
      throw new InvalidConfigurationException("args for plugin " + plugin + " were not of type " + plugin
          + "Args.kubescheduler.config.k8s.io, got " + kind + ".kubescheduler.config.k8s.io");
    } catch (InvalidConfigurationException e) {
      throw new InvalidConfigurationException(decoding + e.getMessage());
    }
  }

  private void walk(Tree tree, Shape.Struct shape) {
    within = shape;
    fields(tree, shape, "", "");
    if (mistyped != null) {
      throw new InvalidConfigurationException(mistyped);
    }
  }

  /** In the order of the fields' names, which is the order of the document that native makes of a file. */
  private void fields(Tree tree, Shape.Struct shape, String dotted, String indexed) {
    tree.forEach((name, value) -> {
      String path = indexed.isEmpty() ? name : indexed + "." + name;
      Shape field = shape.fields().get(name);
      if (field == null) {
        unknown.add("unknown field \"" + path + "\"" + line(path));
      } else if (value != null) {
        Shape.Struct outer = within;
        within = shape;
        value(value, field, dotted.isEmpty() ? name : dotted + "." + name, path);
        within = outer;
      }
    });
  }

  private void value(Object value, Shape shape, String dotted, String indexed) {
    switch (shape) {
      case Shape.Struct s when value instanceof Tree t -> fields(t, s, dotted, indexed);
      case Shape.Mapping m when value instanceof Tree t -> t.forEach((key, v) -> value(v, m.values(), dotted, indexed + "." + key));
      case Shape.Listing l when value instanceof List<?> items -> {
        for (int i = 0; i < items.size(); i++) {
          if (items.get(i) != null) {
            value(items.get(i), l.items(), dotted, indexed + "[" + i + "]");
          }
        }
      }
      case Shape.Scalar s when fits(value, s) -> checkDuration(value, s, indexed);
      case Shape.Raw r -> { }
      case Shape.Struct s -> wrong(value, s, dotted, indexed);
      case Shape.Mapping m -> wrong(value, m, dotted, indexed);
      case Shape.Listing l -> wrong(value, l, dotted, indexed);
      case Shape.Scalar s -> wrong(value, s, dotted, indexed);
    }
  }

  private static boolean fits(Object value, Shape.Scalar type) {
    return switch (type) {
      case STRING, DURATION, BYTES -> value instanceof String;
      case BOOL -> value instanceof Boolean;
      case INT32 -> value instanceof Long n && n == n.intValue();
      case INT64 -> value instanceof Long;
      case FLOAT32 -> value instanceof Number;
    };
  }

  private void checkDuration(Object value, Shape.Scalar type, String indexed) {
    if (type == Shape.Scalar.DURATION) {
      try {
        GoDuration.parse((String) value);
      } catch (IllegalArgumentException e) {
        note(e.getMessage() + line(indexed));
      }
    }
  }

  private void wrong(Object value, Shape shape, String dotted, String indexed) {
    boolean number = value instanceof Number && (shape == Shape.Scalar.INT32 || shape == Shape.Scalar.INT64);
    note("json: cannot unmarshal " + (number ? "number " + value : jsonName(value)) + " into Go struct field " + within.name() + "."
        + dotted + " of type " + shape.goType() + line(indexed));
  }

  private void note(String problem) {
    mistyped = mistyped == null ? problem : mistyped;
  }

  private String line(String indexed) {
    int line = lines.of(file.isEmpty() ? indexed : file + "." + indexed, file);
    return line > 0 ? " (line " + line + ")" : "";
  }

  private static String jsonName(Object value) {
    return switch (value) {
      case Tree t -> "object";
      case List<?> l -> "array";
      case Number n -> "number";
      case Boolean b -> "bool";
      case null, default -> "string";
    };
  }
}
