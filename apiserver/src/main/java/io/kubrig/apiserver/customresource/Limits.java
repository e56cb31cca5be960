package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.customresource.ValueValidator.Complaints;
import io.kubrig.machinery.tree.Tree;

/** The numbers in a schema node; null where it states none. */
record Limits(
    Number minimum,
    boolean aboveMinimum,
    Number maximum,
    boolean belowMaximum,
    Number multipleOf,
    Long minLength,
    Long maxLength,
    Long minItems,
    Long maxItems,
    Long minProperties,
    Long maxProperties) {

  private static final double BEYOND_INTEGERS = 1e21;

  static Limits of(Tree schema) {
    return new Limits(
        number(schema, "minimum"),
        schema.bool("exclusiveMinimum"),
        number(schema, "maximum"),
        schema.bool("exclusiveMaximum"),
        number(schema, "multipleOf"),
        count(schema, "minLength"),
        count(schema, "maxLength"),
        count(schema, "minItems"),
        count(schema, "maxItems"),
        count(schema, "minProperties"),
        count(schema, "maxProperties"));
  }

  private static Number number(Tree schema, String name) {
    return schema.get(name) instanceof Number number ? number : null;
  }

  private static Long count(Tree schema, String name) {
    return schema.get(name) instanceof Number number ? (Long) number.longValue() : null;
  }

  /** @param type the one type of the schema, "" where there are several or none */
  void number(Number value, String type, String format, String path, Complaints complaints) {
    range(value, type, format, path, complaints);
    if (multipleOf != null && !isMultiple(value, multipleOf)) {
      complaints.invalid(path, value, "should be a multiple of " + plain(multipleOf));
    }
    if (minimum != null) {
      int order = Double.compare(value.doubleValue(), minimum.doubleValue());
      if (order < 0 || aboveMinimum && order == 0) {
        complaints.invalid(path, value, "should be greater than " + (aboveMinimum ? "" : "or equal to ") + plain(minimum));
      }
    }
    if (maximum != null) {
      int order = Double.compare(value.doubleValue(), maximum.doubleValue());
      if (order > 0 || belowMaximum && order == 0) {
        complaints.invalid(path, value, "should be less than " + (belowMaximum ? "" : "or equal to ") + plain(maximum));
      }
    }
  }

  private static void range(Number value, String type, String format, String path, Complaints complaints) {
    boolean fits = true;
    if (type.equals("integer")) {
      double number = value.doubleValue();
      fits = value instanceof Long || number == Math.rint(number) && Math.abs(number) < 0x1p63;
      fits &= !format.equals("int32") || number >= Integer.MIN_VALUE && number <= Integer.MAX_VALUE;
    } else if (type.equals("number") && format.equals("float")) {
      fits = Math.abs(value.doubleValue()) <= Float.MAX_VALUE;
    }
    if (!fits) {
      String what = format.isEmpty() ? " (default format)" : " with format " + format;
      complaints.composite("Checked value must be of type " + type + what + " in " + path);
    }
  }

  private static boolean isMultiple(Number value, Number factor) {
    if (value instanceof Long number && factor instanceof Long divisor) {
      return divisor != 0 && number % divisor == 0;
    }
    double quotient = value.doubleValue() / factor.doubleValue();
    return quotient == Math.rint(quotient);
  }

  /** A value as Go prints it: whole floats without a fraction. */
  static Object plain(Object value) {
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < BEYOND_INTEGERS) {
      return java.math.BigDecimal.valueOf(number).toBigInteger();
    }
    return value;
  }
}
