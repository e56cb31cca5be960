package io.kubrig.schemas.compiler;

import java.util.List;
import java.util.Optional;

/**
 * A protobuf message of the API.
 *
 * @param name as an OpenAPI definition name
 */
record Message(String name, Comment comment, List<MessageField> fields) {

  /** How often a field's value occurs. */
  enum Cardinality {
    ONE,
    LIST,
    MAP
  }

  /**
   * A field of a message.
   *
   * @param number 0 where the type has no protobuf form
   * @param type a scalar ({@code string}, {@code int32}, …) or the name of a message; of the elements or values where there are many
   */
  record MessageField(String name, int number, Cardinality cardinality, String type, Comment comment) {}

  Message {
    fields = List.copyOf(fields);
  }

  Optional<MessageField> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }
}
