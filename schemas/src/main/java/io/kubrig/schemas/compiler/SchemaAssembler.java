package io.kubrig.schemas.compiler;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.compiler.GoFields.GoField;
import io.kubrig.schemas.compiler.Message.Cardinality;
import io.kubrig.schemas.compiler.Message.MessageField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes schemas of messages and Go fields. */
final class SchemaAssembler {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final String EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

  /** An object of any kind inside another: for its owners one value. */
  private static final String RAW_EXTENSION = "io.k8s.apimachinery.pkg.runtime.RawExtension";

  /** Types whose JSON form is not that of their message. */
  private static final Map<String, Type> SPECIAL =
      Map.ofEntries(
          Map.entry(META + "Time", Type.TIME),
          Map.entry(META + "MicroTime", Type.MICRO_TIME),
          Map.entry(META + "Duration", Type.DURATION),
          Map.entry(META + "FieldsV1", Type.ANY),
          Map.entry("io.k8s.apimachinery.pkg.api.resource.Quantity", Type.QUANTITY),
          Map.entry("io.k8s.apimachinery.pkg.util.intstr.IntOrString", Type.INT_OR_STRING),
          Map.entry(RAW_EXTENSION, Type.ANY),
          Map.entry(EXTENSIONS + "JSON", Type.ANY),
          Map.entry(EXTENSIONS + "JSONSchemaPropsOrBool", Type.ANY),
          Map.entry(EXTENSIONS + "JSONSchemaPropsOrArray", Type.ANY),
          Map.entry(EXTENSIONS + "JSONSchemaPropsOrStringArray", Type.ANY));

  /** The two defaults that the source states through a constant of the same package. */
  private static final Map<String, String> REFERENCED_DEFAULTS =
      Map.of("ref(AzureSharedBlobDisk)", "Shared", "ref(AzureDataDiskCachingReadWrite)", "ReadWrite");

  /** Messages that only wrap a list of strings: JSON has the list itself. */
  private static final Set<String> WRAPPED_LISTS = Set.of("ExtraValue", "Verbs");

  private final Map<String, Message> messages;
  private final Map<String, List<GoField>> goFields;
  private final GoTypeNames goTypes;
  private final ApiTexts apiTexts;
  private final Map<String, Schema> definitions = new TreeMap<>();
  private final Map<String, Map<String, String>> descriptions = new TreeMap<>();
  private final Map<String, Map<String, String>> extensions = new TreeMap<>();
  private final Map<String, Schema> scalars = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  SchemaAssembler(Map<String, Message> messages, Map<String, List<GoField>> goFields, GoTypeNames goTypes, ApiTexts apiTexts) {
    this.goTypes = goTypes;
    this.apiTexts = apiTexts;
    this.messages = messages;
    this.goFields = goFields;
  }

  /** Makes the schemas of all Go types that have a message and of what they refer to. */
  void assemble() {
    for (String name : goFields.keySet()) {
      if (messages.containsKey(name)) {
        definition(name);
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the data files and the descriptors disagree:\n" + String.join("\n", problems));
    }
  }

  Map<String, Schema> definitions() {
    return definitions;
  }

  /** By definition and field; a definition's own under "". */
  Map<String, Map<String, String>> descriptions() {
    return descriptions;
  }

  /** By definition and field, as JSON text. */
  Map<String, Map<String, String>> extensions() {
    return extensions;
  }

  private Schema definition(String name) {
    Schema known = definitions.get(name);
    if (known != null) {
      return known;
    }
    Message message = messages.get(name);
    Type special = SPECIAL.get(name);
    Schema schema = new Schema(special == null ? Type.OBJECT : special).name(name).atomicMap(name.equals(RAW_EXTENSION));
    definitions.put(name, schema);
    describe(name, "", message == null ? Comment.NONE : message.comment(), false);
    if (name.startsWith(EXTENSIONS + "JSONSchemaPropsOr")) {
      schema.items(definition(EXTENSIONS + "JSONSchemaProps"));
    }
    if (special != null) {
      return schema;
    }
    List<GoField> fields = goFields.get(name);
    if (message == null || fields == null) {
      problems.add(name + ": " + (message == null ? "no message" : "no Go fields"));
      return schema;
    }
    schema.atomicMap(message.comment().value("structType").filter("atomic"::equals).isPresent());
    addFields(schema, message, fields, new int[0], "");
    extend(name, "", Extensions.ofType(message, fields));
    return schema;
  }

  private void addFields(Schema schema, Message message, List<GoField> fields, int[] path, String embedded) {
    Map<String, MessageField> left = new LinkedHashMap<>();
    message.fields().forEach(field -> left.put(field.name(), field));
    for (GoField field : fields) {
      switch (field) {
        case GoFields.TypeMeta() -> addTypeMeta(schema);
        case GoFields.Inlined(String protoName) -> {
          MessageField nested = left.remove(protoName);
          if (nested == null) {
            problems.add(message.name() + ": no message field " + protoName + " to inline");
          } else {
            String struct = nested.type().substring(nested.type().lastIndexOf('.') + 1);
            addFields(
                schema,
                messages.get(nested.type()),
                goFields.get(nested.type()),
                with(path, nested.number()),
                embedded.isEmpty() ? struct : embedded + "." + struct);
          }
        }
        case GoFields.Named named -> {
          MessageField found = left.remove(named.protoName());
          if (found != null) {
            schema.field(field(schema.name(), named, message.name(), found, path).embeddedIn(embedded));
          }
        }
      }
    }
    left.keySet().forEach(name -> problems.add(message.name() + ": no Go field for message field " + name));
  }

  private void addTypeMeta(Schema schema) {
    Message typeMeta = messages.get(META + "TypeMeta");
    for (String name : List.of("kind", "apiVersion")) {
      schema.field(new Field(name, scalar("string")));
      typeMeta.field(name).ifPresent(field -> describe(schema.name(), name, field.comment(), false));
    }
  }

  private Field field(String owner, GoFields.Named named, String declaring, MessageField message, int[] path) {
    Comment comment = message.comment();
    // a model's annotation of a reference speaks of the type, not of the field
    boolean reference = message.cardinality() == Cardinality.ONE && message.type().indexOf('.') >= 0;
    describe(owner, named.name(), comment, reference);
    extend(owner, named.name(), Extensions.ofField(comment));
    boolean wrapped = message.cardinality() == Cardinality.ONE && isWrappedList(message.type());
    int[] protoPath = message.number() == 0 ? new int[0] : with(path, message.number());
    Field field =
        new Field(named.name(), goTypes.named(wrapped ? list(scalar("string"), comment) : schema(message), declaring, named.name()))
            .pointer(named.pointer())
            .omitEmpty(named.omitEmpty())
            .omitZero(named.omitZero())
            .required(isRequired(named, comment))
            .patchStrategy(comment.value("patchStrategy").orElse(""))
            .patchMergeKey(comment.value("patchMergeKey").orElse(""))
            .protoPath(wrapped ? with(protoPath, 1) : protoPath);
    comment.value("default").ifPresent(text -> field.defaultValue(parseDefault(text, field.schema(), owner + "." + named.name())));
    return field;
  }

  /** As kube-openapi decides: a marker first, else whether Go leaves the field out when empty. */
  private static boolean isRequired(GoFields.Named named, Comment comment) {
    if (comment.has("optional") || comment.has("k8s:optional")) {
      return false;
    }
    return comment.has("required") || comment.has("k8s:required") || !(named.omitEmpty() || named.omitZero());
  }

  private Schema schema(MessageField field) {
    return switch (field.cardinality()) {
      case ONE -> atomicIfMarked(type(field.type()), field.comment());
      case LIST -> list(type(field.type()), field.comment());
      case MAP ->
          new Schema(Type.MAP)
              .items(isWrappedList(field.type()) ? new Schema(Type.ARRAY).items(scalar("string")) : type(field.type()))
              .atomicMap(field.comment().value("mapType").filter("atomic"::equals).isPresent());
    };
  }

  /** A field may say otherwise than its type whether it is one value or the sum of its members. */
  private Schema atomicIfMarked(Schema schema, Comment comment) {
    Optional<String> marked = comment.value("mapType").or(() -> comment.value("structType"));
    boolean atomic = marked.filter("atomic"::equals).isPresent();
    if (marked.isEmpty() || schema.atomicMap() == atomic || schema.type() != Type.OBJECT) {
      return schema;
    }
    Schema own = new Schema(Type.OBJECT).name(schema.name()).atomicMap(atomic);
    schema.fields().values().forEach(own::field);
    return own;
  }

  private static Schema list(Schema items, Comment comment) {
    ListType listType =
        switch (comment.value("listType").orElse("")) {
          case "map" -> ListType.MAP;
          case "set" -> ListType.SET;
          default -> ListType.ATOMIC;
        };
    return new Schema(Type.ARRAY).items(items).listType(listType, listType == ListType.MAP ? comment.values("listMapKey") : List.of());
  }

  private Schema type(String type) {
    return type.indexOf('.') < 0 ? scalar(type) : definition(type);
  }

  private Schema scalar(String type) {
    return scalars.computeIfAbsent(
        type,
        _ ->
            switch (type) {
              case "string" -> new Schema(Type.STRING);
              case "bool" -> new Schema(Type.BOOLEAN);
              case "int32", "uint32" -> new Schema(Type.INTEGER).format("int32");
              case "int64" -> new Schema(Type.INTEGER).format("int64");
              case "double" -> new Schema(Type.NUMBER).format("double");
              case "bytes" -> new Schema(Type.BYTES).format("byte");
              default -> throw new IllegalStateException("no schema for the scalar " + type);
            });
  }

  private static boolean isWrappedList(String type) {
    return WRAPPED_LISTS.contains(type.substring(type.lastIndexOf('.') + 1));
  }

  private Object parseDefault(String text, Schema schema, String where) {
    String value = REFERENCED_DEFAULTS.getOrDefault(text, text);
    return switch (schema.type()) {
      case STRING -> value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
      case BOOLEAN -> Boolean.valueOf(value);
      case INTEGER, INT_OR_STRING -> Long.valueOf(value);
      default -> {
        problems.add(where + ": a default of type " + schema.type() + ": " + text);
        yield null;
      }
    };
  }

  private void describe(String definition, String field, Comment own, boolean reference) {
    Comment comment = own.description().isEmpty() ? stableComment(definition, field) : own;
    Optional<String> blanked = reference ? Optional.empty() : apiTexts.find(definition, field);
    String text = blanked.map(known -> Paragraphs.restore(comment, known)).orElseGet(comment::description);
    if (!text.isEmpty()) {
      descriptions.computeIfAbsent(definition, _ -> new TreeMap<>()).put(field, text);
    }
  }

  /** What the stable version of a type says where the version has no comments of its own (those of {@code messages.txt}). */
  private Comment stableComment(String definition, String field) {
    Message stable = messages.get(definition.replaceFirst("\\.v\\d+(alpha|beta)\\d+\\.", ".v1."));
    if (stable == null || stable.name().equals(definition)) {
      return Comment.NONE;
    }
    return field.isEmpty() ? stable.comment() : stable.field(field).map(MessageField::comment).orElse(Comment.NONE);
  }

  private void extend(String definition, String field, Tree members) {
    if (!members.isEmpty()) {
      extensions.computeIfAbsent(definition, _ -> new TreeMap<>()).put(field, Json.text(members));
    }
  }

  private static int[] with(int[] path, int number) {
    int[] longer = Arrays.copyOf(path, path.length + 1);
    longer[path.length] = number;
    return longer;
  }
}
