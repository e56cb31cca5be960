package io.kubrig.apiserver.status;

import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A value as kube-apiserver shows it in messages: not as the public type, but as its internal struct is written as JSON, with the names of
 * Go's fields and everything that is not set.
 *
 * <p>The types and the form of their description are in {@code internal-types.txt}.
 */
public final class InternalForm {
  private static final String OR_ARRAY = "apiextensions.JSONSchemaPropsOrArray";
  private static final String OR_BOOL = "apiextensions.JSONSchemaPropsOrBool";
  private static final String OR_STRINGS = "apiextensions.JSONSchemaPropsOrStringArray";
  private static final String SCHEMA = "apiextensions.JSONSchemaProps";

  /** What the internal type has in the security context and the public one beside it. */
  private static final List<String> OF_HOST = List.of("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers");

  /**
   * A field of an internal struct.
   *
   * @param name as it is shown; "" for an embedded struct
   * @param member of the public type
   */
  private record Field(String name, String member, String type) {
    static Field of(String text) {
      if (text.startsWith("<")) {
        return new Field("", "", text.substring(1));
      }
      int colon = text.indexOf(':');
      int equal = text.indexOf('=');
      boolean renamed = equal >= 0 && equal < colon;
      String name = text.substring(0, renamed ? equal : colon);
      String member = renamed ? text.substring(equal + 1, colon) : name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
      return new Field(name, member, text.substring(colon + 1));
    }
  }

  /** Read when a message first needs it. */
  private static final class Loaded {
    static final Map<String, List<Field>> TYPES = read();

    private static Map<String, List<Field>> read() {
      Map<String, List<Field>> types = new HashMap<>();
      try (InputStream in = InternalForm.class.getResourceAsStream("internal-types.txt")) {
        for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
          if (!line.isBlank() && !line.startsWith("#")) {
            String[] words = line.split(" ");
            types.put(words[0], List.of(words).stream().skip(1).map(Field::of).toList());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return types;
    }
  }

  private InternalForm() {}

  /**
   * The internal form of a value of a type: of an object, of each in a list; null of null.
   *
   * @param type as {@code core.PodTemplateSpec}; an unknown one is a mistake of the caller
   */
  public static Object of(String type, Object value) {
    return switch (value) {
      case Tree tree -> struct(type, tree);
      case List<?> list -> {
        List<Object> shown = new ArrayList<>(list.size());
        list.forEach(element -> shown.add(of(type, element)));
        yield shown;
      }
      case null, default -> value;
    };
  }

  private static Tree struct(String type, Tree tree) {
    List<Field> fields = Loaded.TYPES.get(type);
    if (fields == null) {
      throw new IllegalArgumentException("no internal type " + type);
    }
    Tree shown = new Tree();
    add(fields, type.equals("core.PodSpec") ? withHost(tree) : tree, shown);
    return shown;
  }

  private static void add(List<Field> fields, Tree tree, Tree shown) {
    for (Field field : fields) {
      if (!field.name().isEmpty()) {
        shown.set(field.name(), value(field.type(), tree.given(field.member())));
      } else if (field.type().equals("metadata")) {
        tree.tree("metadata").forEach(shown::set);
      } else {
        add(Loaded.TYPES.get(field.type()), tree, shown);
      }
    }
  }

  private static Object value(String type, Object value) {
    return switch (type) {
      case "string" -> value == null ? "" : value;
      case "int" -> value == null ? (Object) 0L : value;
      case "float" -> value == null ? (Object) 0.0 : value;
      case "bool" -> value == null ? (Object) false : value;
      case "quantity" -> value == null ? "0" : value;
      case "{}" -> value == null ? Tree.empty() : value;
      case "null" -> value;
      default -> structured(type, value);
    };
  }

  private static Object structured(String type, Object value) {
    if (type.startsWith("map:")) {
      return value instanceof Tree map ? entries(type.substring("map:".length()), map) : null;
    }
    if (type.startsWith("[]")) {
      return of(type.substring(2), value);
    }
    if (type.startsWith("*")) {
      return value == null ? null : union(type.substring(1), value);
    }
    return struct(type, value instanceof Tree tree ? tree : Tree.empty());
  }

  private static Tree entries(String type, Tree map) {
    Tree shown = new Tree();
    map.forEach((name, entry) -> shown.set(name, union(type, entry)));
    return shown;
  }

  /** The unions of schemas show which of their alternatives there is. */
  private static Object union(String type, Object value) {
    return switch (type) {
      case OR_ARRAY -> Tree.of("Schema", schema(value), "JSONSchemas", value instanceof List<?> list ? of(SCHEMA, list) : null);
      case OR_BOOL -> Tree.of("Allows", !Boolean.FALSE.equals(value), "Schema", schema(value));
      case OR_STRINGS -> Tree.of("Schema", schema(value), "Property", value instanceof List<?> list ? list : null);
      default -> of(type, value);
    };
  }

  private static Object schema(Object value) {
    return value instanceof Tree tree ? struct(SCHEMA, tree) : null;
  }

  private static Tree withHost(Tree spec) {
    Tree copy = new Tree();
    spec.forEach(copy::set);
    spec.emptyNames().forEach(name -> copy.noteEmpty(name, spec.given(name)));
    Tree context = spec.tree("securityContext").openCopy();
    OF_HOST.stream().filter(spec::has).forEach(name -> context.set(name, spec.get(name)));
    return copy.set("securityContext", context);
  }
}
