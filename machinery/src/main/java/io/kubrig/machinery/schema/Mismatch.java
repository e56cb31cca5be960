package io.kubrig.machinery.schema;

/**
 * A value of the wrong type on its way out of the decoder: the objects around it add where it is, from the inside out.
 *
 * <p>As in Go's decoder the names of maps' entries and the positions in lists are no part of the path, and the names of embedded structs
 * are.
 */
final class Mismatch extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String what;
  private final String type;
  private String struct = "";
  private String path = "";

  /**
   * @param what the value as the message has it: {@code string}, {@code number 1.5}
   * @param type the Go type that was wanted
   */
  Mismatch(String what, String type) {
    super(null, null, false, false);
    this.what = what;
    this.type = type;
  }

  /** The value is in this field of this object. Answers this mismatch. */
  Mismatch in(Schema object, Schema.Field field) {
    if (struct.isEmpty()) {
      struct = GoTypes.struct(object);
    }
    String name = field.embeddedIn().isEmpty() ? field.name() : field.embeddedIn() + "." + field.name();
    path = path.isEmpty() ? name : name + "." + path;
    return this;
  }

  DecodeException complaint() {
    String where = path.isEmpty() ? "value" : "struct field " + struct + "." + path;
    return new DecodeException("json: cannot unmarshal " + what + " into Go " + where + " of type " + type);
  }
}
