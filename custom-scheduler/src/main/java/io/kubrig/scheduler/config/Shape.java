package io.kubrig.scheduler.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the value of a field must be, in the terms of native's decoder, whose errors name Go's types. */
sealed interface Shape {
  /** How the type is called in errors. */
  String goType();

  /** A single value. */
  enum Scalar implements Shape {
    STRING("string"),
    BOOL("bool"),
    INT32("int32"),
    INT64("int64"),
    FLOAT32("float32"),
    /** A text that {@code time.ParseDuration} reads. */
    DURATION("string"),
    /** Base64. */
    BYTES("[]uint8");

    private final String goType;

    Scalar(String goType) {
      this.goType = goType;
    }

    @Override
    public String goType() {
      return goType;
    }
  }

  /** A list. */
  record Listing(String goType, Shape items) implements Shape {}

  /** Free keys. */
  record Mapping(String goType, Shape values) implements Shape {}

  /** Fields; others are unknown. */
  record Struct(String goType, Map<String, Shape> fields) implements Shape {
    /** Its name without the package. */
    String name() {
      return goType.substring(goType.indexOf('.') + 1);
    }
  }

  /** Decoded later or by others. */
  record Raw() implements Shape {
    @Override
    public String goType() {
      return "runtime.RawExtension";
    }
  }

  /** A structure from its fields' names and shapes, in turn. */
  static Struct struct(String goType, Object... namesAndShapes) {
    Map<String, Shape> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndShapes.length; i += 2) {
      fields.put((String) namesAndShapes[i], (Shape) namesAndShapes[i + 1]);
    }
    return new Struct(goType, fields);
  }

  static Listing list(Shape items) {
    return new Listing("[]" + items.goType(), items);
  }
}
