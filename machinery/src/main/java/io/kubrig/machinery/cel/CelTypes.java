package io.kubrig.machinery.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import io.kubrig.machinery.schema.Schema;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Types of expressions: those of the libraries, and those that schemas state. (Source: apiserver/pkg/cel, schema/cel/model.) */
public final class CelTypes {
  static final CelType URL = OpaqueType.create("kubernetes.URL");
  static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");
  static final CelType IP = OpaqueType.create("net.IP");
  static final CelType CIDR = OpaqueType.create("net.CIDR");
  static final CelType SEMVER = OpaqueType.create("kubernetes.Semver");

  private static final Set<String> RESERVED =
      Set.of("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
          "package", "namespace", "return", "var", "void", "while");
  private static final Pattern ODD = Pattern.compile("__|[-./]|[^a-zA-Z0-9-./_]");

  private CelTypes() {}

  /** How a field is written in expressions: {@code a-b} as {@code a__dash__b}; empty for what cannot be written. */
  public static Optional<String> escaped(String name) {
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      return Optional.empty();
    }
    if (RESERVED.contains(name)) {
      return Optional.of("__" + name + "__");
    }
    Matcher odd = ODD.matcher(name);
    StringBuilder out = new StringBuilder();
    while (odd.find()) {
      String replacement =
          switch (odd.group()) {
            case "__" -> "__underscores__";
            case "." -> "__dot__";
            case "-" -> "__dash__";
            case "/" -> "__slash__";
            default -> null;
          };
      if (replacement == null) {
        return Optional.empty();
      }
      odd.appendReplacement(out, replacement);
    }
    return Optional.of(odd.appendTail(out).toString());
  }

  /**
   * Types of one compilation, by name.
   *
   * @param structs what a name in an expression may stand for
   */
  public record Types(Map<String, CelType> structs) implements CelTypeProvider {
    public Types() {
      this(new HashMap<>());
    }

    @Override
    public ImmutableCollection<CelType> types() {
      return ImmutableSet.copyOf(structs.values());
    }

    @Override
    public Optional<CelType> findType(String name) {
      return Optional.ofNullable(structs.get(name));
    }

    /** A structure with typed fields. */
    public CelType struct(String name, Map<String, CelType> fields) {
      CelType type = StructType.create(name, ImmutableSet.copyOf(fields.keySet()), field -> Optional.ofNullable(fields.get(field)));
      structs.put(name, type);
      return type;
    }

    /**
     * The type of the values of a schema.
     *
     * @param name of the type if it is a structure
     * @param isRoot whether type and metadata are implied
     */
    public Optional<CelType> of(Schema schema, String name, boolean isRoot) {
      Optional<CelType> type = plain(schema, name, isRoot);
      boolean isScalar =
          switch (schema.type()) {
            case OBJECT, MAP, ARRAY, ANY, INT_OR_STRING -> false;
            default -> true;
          };
      return schema.nullable() && isScalar ? type.map(NullableType::create) : type;
    }

    private Optional<CelType> plain(Schema schema, String name, boolean isRoot) {
      return switch (schema.type()) {
        case OBJECT -> Optional.of(object(schema, name, isRoot || schema.embeddedResource()));
        case MAP -> of(schema.items(), name + ".@values", false).map(values -> MapType.create(SimpleType.STRING, values));
        case ARRAY -> of(schema.items(), name + ".@items", false).map(ListType::create);
        case STRING ->
            Optional.of(
                switch (schema.format()) {
                  case "byte" -> SimpleType.BYTES;
                  case "duration" -> SimpleType.DURATION;
                  case "date", "date-time" -> SimpleType.TIMESTAMP;
                  default -> SimpleType.STRING;
                });
        case INTEGER -> Optional.of(SimpleType.INT);
        case NUMBER -> Optional.of(SimpleType.DOUBLE);
        case BOOLEAN -> Optional.of(SimpleType.BOOL);
        case INT_OR_STRING -> Optional.of(SimpleType.DYN);
        default -> isRoot ? Optional.of(object(schema, name, true)) : Optional.empty();
      };
    }

    private CelType object(Schema schema, String name, boolean isResource) {
      Map<String, CelType> fields = new LinkedHashMap<>();
      schema
          .fields()
          .forEach(
              (member, field) ->
                  escaped(member)
                      .ifPresent(key -> of(field.schema(), name + "." + member, false).ifPresent(type -> fields.put(key, type))));
      if (isResource) {
        fields.put("apiVersion", SimpleType.STRING);
        fields.put("kind", SimpleType.STRING);
        fields.put("metadata", struct(name + ".metadata", Map.of("name", SimpleType.STRING, "generateName", SimpleType.STRING)));
      }
      return struct(name, fields);
    }
  }
}
