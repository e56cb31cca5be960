package io.kubrig.machinery.json;

/** Prints floating-point numbers as Go's encoding/json does: the shortest digits that read back, without exponent from 1e-6 up to 1e21. */
public final class GoFloat {
  private GoFloat() {}

  public static String format(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new IllegalArgumentException("json: unsupported value: " + (Double.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf"));
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    String java = Double.toString(Math.abs(number));
    StringBuilder digits = new StringBuilder(24);
    int exponent = digitsOf(java, digits);
    StringBuilder out = new StringBuilder(32);
    if (number < 0) {
      out.append('-');
    }
    double size = Math.abs(number);
    if (size < 1e-6 || size >= 1e21) {
      scientific(digits, exponent, out);
    } else {
      plain(digits, exponent, out);
    }
    return out.toString();
  }

  /** Collects the significant digits d1d2… and answers the exponent of d1 (the number is d1.d2… × 10^exponent). */
  private static int digitsOf(String java, StringBuilder digits) {
    int mark = java.indexOf('E');
    int shift = mark < 0 ? 0 : Integer.parseInt(java.substring(mark + 1));
    String mantissa = mark < 0 ? java : java.substring(0, mark);
    int point = mantissa.indexOf('.');
    digits.append(mantissa, 0, point).append(mantissa, point + 1, mantissa.length());
    int leading = 0;
    while (leading < digits.length() - 1 && digits.charAt(leading) == '0') {
      leading++;
    }
    digits.delete(0, leading);
    while (digits.length() > 1 && digits.charAt(digits.length() - 1) == '0') {
      digits.setLength(digits.length() - 1);
    }
    return shift + point - 1 - leading;
  }

  private static void scientific(StringBuilder digits, int exponent, StringBuilder out) {
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+').append(Math.abs(exponent));
  }

  private static void plain(StringBuilder digits, int exponent, StringBuilder out) {
    if (exponent < 0) {
      out.append("0.").repeat('0', -exponent - 1).append(digits);
    } else if (digits.length() <= exponent + 1) {
      out.append(digits).repeat('0', exponent + 1 - digits.length());
    } else {
      out.append(digits, 0, exponent + 1).append('.').append(digits, exponent + 1, digits.length());
    }
  }
}
