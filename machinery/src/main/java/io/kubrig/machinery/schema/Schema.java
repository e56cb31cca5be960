package io.kubrig.machinery.schema;

import io.kubrig.machinery.tree.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The structure of a value: what decoding, pruning, defaulting, apply, strategic merge, protobuf, OpenAPI and explain need to know of it.
 * Built-in kinds and custom resources use the same class; what only a custom resource can state (value validation, CEL rules) is in
 * {@link #constraints}.
 *
 * <p>Schemas are shared and may be recursive ({@code JSONSchemaProps}), therefore nodes are built first and sealed later; a schema that was
 * handed out is never changed.
 */
public final class Schema {

  /** What a value is on the wire and how it is normalised. */
  public enum Type {
    /** A JSON object with named fields. */
    OBJECT,
    /** A JSON object with arbitrary names and values of {@link Schema#items}. */
    MAP,
    ARRAY,
    STRING,
    /** Unit of width in {@link Schema#format}: int32 or int64. */
    INTEGER,
    NUMBER,
    BOOLEAN,
    INT_OR_STRING,
    QUANTITY,
    /** RFC 3339 with seconds. */
    TIME,
    /** RFC 3339 with microseconds. */
    MICRO_TIME,
    /** A Go duration such as 1h30m. */
    DURATION,
    /** Base64 in JSON. */
    BYTES,
    /** Any JSON value, kept as it is (RawExtension, JSON, FieldsV1, x-kubernetes-preserve-unknown-fields without structure). */
    ANY
  }

  /** How apply and strategic merge see a list. */
  public enum ListType {
    ATOMIC,
    SET,
    MAP
  }

  private String name = "";
  private String goType = "";
  private final Type type;
  private String format = "";
  private String description = "";
  private final Map<String, Field> fields = new LinkedHashMap<>();
  private Schema items;
  private ListType listType = ListType.ATOMIC;
  private List<String> listMapKeys = List.of();
  private boolean atomicMap;
  private boolean preserveUnknownFields;
  private boolean embeddedResource;
  private boolean nullable;
  private Object defaultValue;
  private Tree constraints = Tree.empty();

  public Schema(Type type) {
    this.type = type;
  }

  /** A member of an object. */
  public static final class Field {
    private final String name;
    private final Schema schema;
    private String description = "";
    private boolean required;
    private boolean pointer;
    private boolean omitEmpty = true;
    private boolean omitZero;
    private Object defaultValue;
    private String patchStrategy = "";
    private String patchMergeKey = "";
    private List<String> enumValues = List.of();
    private String embeddedIn = "";
    private int[] protoPath = new int[0];

    public Field(String name, Schema schema) {
      this.name = name;
      this.schema = schema;
    }

    public String name() {
      return name;
    }

    public Schema schema() {
      return schema;
    }

    public String description() {
      return description;
    }

    public Field description(String text) {
      description = text;
      return this;
    }

    public boolean required() {
      return required;
    }

    public Field required(boolean value) {
      required = value;
      return this;
    }

    /** Whether absent and zero are different values (a Go pointer): only an absent one is left out of the encoding. */
    public boolean pointer() {
      return pointer;
    }

    public Field pointer(boolean value) {
      pointer = value;
      return this;
    }

    /** Whether a zero value (of a non-pointer: "", 0, false, an empty list or map, for structs never) is left out when encoded. */
    public boolean omitEmpty() {
      return omitEmpty;
    }

    public Field omitEmpty(boolean value) {
      omitEmpty = value;
      return this;
    }

    /** Whether a zero struct is left out when encoded (Go's {@code omitzero}). */
    public boolean omitZero() {
      return omitZero;
    }

    public Field omitZero(boolean value) {
      omitZero = value;
      return this;
    }

    /** The default that the schema itself states ({@code +default}); null when there is none. */
    public Object defaultValue() {
      return defaultValue;
    }

    public Field defaultValue(Object value) {
      defaultValue = value;
      return this;
    }

    /** {@code merge}, {@code replace}, {@code merge,retainKeys}, {@code retainKeys} or "". */
    public String patchStrategy() {
      return patchStrategy;
    }

    public Field patchStrategy(String value) {
      patchStrategy = value;
      return this;
    }

    public String patchMergeKey() {
      return patchMergeKey;
    }

    public Field patchMergeKey(String value) {
      patchMergeKey = value;
      return this;
    }

    public List<String> enumValues() {
      return enumValues;
    }

    public Field enumValues(List<String> values) {
      enumValues = List.copyOf(values);
      return this;
    }

    /** The Go structs inside the object's own that the field is in ({@code VolumeSource}, {@code RuleWithOperations.Rule}), or "". */
    public String embeddedIn() {
      return embeddedIn;
    }

    public Field embeddedIn(String value) {
      embeddedIn = value;
      return this;
    }

    /**
     * Field numbers from the object's own protobuf message down to this field: one element normally, two where protobuf nests what JSON
     * inlines ({@code Volume.volumeSource.hostPath}) or wraps a list ({@code APIResource.verbs.items}); empty where the type has no
     * protobuf form.
     */
    public int[] protoPath() {
      return protoPath;
    }

    public Field protoPath(int... numbers) {
      protoPath = numbers;
      return this;
    }
  }

  public Type type() {
    return type;
  }

  /** The OpenAPI definition name ({@code io.k8s.api.core.v1.PodSpec}), or "" for an unnamed part. */
  public String name() {
    return name;
  }

  public Schema name(String value) {
    name = value;
    return this;
  }

  /** How Go's messages name the type where neither name nor type tells it: {@code v1.PullPolicy}, {@code v1.ResourceList}; else "". */
  public String goType() {
    return goType;
  }

  public Schema goType(String value) {
    goType = value;
    return this;
  }

  /** int32, int64, double, byte, date-time, or "". */
  public String format() {
    return format;
  }

  public Schema format(String value) {
    format = value;
    return this;
  }

  public String description() {
    return description;
  }

  public Schema description(String value) {
    description = value;
    return this;
  }

  /** The fields in the order of the native type. */
  public Map<String, Field> fields() {
    return fields;
  }

  public Optional<Field> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  public Schema field(Field field) {
    fields.put(field.name(), field);
    return this;
  }

  /**
   * The schema of the elements of an ARRAY or of the values of a MAP; the alternative to a boolean, list of strings or list in an ANY that
   * is a union ({@code JSONSchemaPropsOrBool}, …); null otherwise.
   */
  public Schema items() {
    return items;
  }

  public Schema items(Schema value) {
    items = value;
    return this;
  }

  public ListType listType() {
    return listType;
  }

  public List<String> listMapKeys() {
    return listMapKeys;
  }

  public Schema listType(ListType value, List<String> keys) {
    listType = value;
    listMapKeys = List.copyOf(keys);
    return this;
  }

  /** Whether apply treats this object or map as one value ({@code x-kubernetes-map-type: atomic}). */
  public boolean atomicMap() {
    return atomicMap;
  }

  public Schema atomicMap(boolean value) {
    atomicMap = value;
    return this;
  }

  public boolean preserveUnknownFields() {
    return preserveUnknownFields;
  }

  public Schema preserveUnknownFields(boolean value) {
    preserveUnknownFields = value;
    return this;
  }

  public boolean embeddedResource() {
    return embeddedResource;
  }

  public Schema embeddedResource(boolean value) {
    embeddedResource = value;
    return this;
  }

  public boolean nullable() {
    return nullable;
  }

  public Schema nullable(boolean value) {
    nullable = value;
    return this;
  }

  /** The default of a custom resource's schema node; null when there is none. */
  public Object defaultValue() {
    return defaultValue;
  }

  public Schema defaultValue(Object value) {
    defaultValue = value;
    return this;
  }

  /**
   * What a custom resource's schema demands of the value beyond its structure, by its JSON Schema names (minimum, pattern, enum, required,
   * allOf, x-kubernetes-validations, …).
   */
  public Tree constraints() {
    return constraints;
  }

  public Schema constraints(Tree value) {
    constraints = value;
    return this;
  }
}
