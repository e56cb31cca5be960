package io.kubrig.machinery.schema;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.timestamp.Timestamps;
import java.util.function.Supplier;

/** Checks scalars and brings them into their canonical form. */
final class Scalars {
  private static final String ZERO_TIME = "0001-01-01T00:00:00Z";

  private Scalars() {}

  static Object decoded(Object value, Schema schema, Supplier<RuntimeException> mismatch) {
    try {
      return switch (schema.type()) {
        case STRING -> value instanceof String ? value : raise(mismatch);
        case BOOLEAN -> value instanceof Boolean ? value : raise(mismatch);
        case INTEGER -> value instanceof Long number && fits(number, schema) ? number : raise(mismatch);
        case NUMBER -> value instanceof Long number ? (Object) (double) number : value instanceof Double ? value : raise(mismatch);
        case INT_OR_STRING -> intOrString(value);
        case QUANTITY -> Quantity.parse(value instanceof String text ? text.strip() : GoTypes.number(value)).toString();
        case TIME -> time(text(value));
        case MICRO_TIME -> Timestamps.formatMicro(Timestamps.parseMicro(text(value)));
        case DURATION -> GoDuration.format(GoDuration.parse(text(value)));
        case BYTES -> value instanceof String text ? Base64Text.canonical(text) : raise(mismatch);
        case OBJECT, MAP, ARRAY, ANY -> throw new IllegalStateException("no scalar: " + schema.type());
      };
    } catch (IllegalArgumentException e) {
      throw new DecodeException(e.getMessage());
    }
  }

  private static boolean fits(long number, Schema schema) {
    return !schema.format().equals("int32") || number == (int) number;
  }

  private static Object intOrString(Object value) {
    if (value instanceof String || value instanceof Long number && number == number.intValue()) {
      return value;
    }
    boolean numeric = value instanceof Number;
    throw new Mismatch(GoTypes.kindOf(value) + (numeric ? " " + GoTypes.number(value) : ""), "int32");
  }

  private static String time(String text) {
    String canonical = Timestamps.format(Timestamps.parse(text));
    return canonical.equals(ZERO_TIME) ? null : canonical;
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new Mismatch(GoTypes.kindOf(value), "string");
  }

  private static Object raise(Supplier<RuntimeException> mismatch) {
    throw mismatch.get();
  }
}
