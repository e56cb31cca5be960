package io.kubrig.operators.pods;

import io.fabric8.kubernetes.api.model.IntOrString;

/** Numbers of pods that may be written as a percentage of a total. */
public final class Fraction {
  private Fraction() {}

  /** The number, percentages rounded up. @throws IllegalArgumentException neither a number nor a percentage */
  public static int roundedUp(IntOrString value, int total) {
    return of(value, total, true);
  }

  /** The number, percentages rounded down. @throws IllegalArgumentException neither a number nor a percentage */
  public static int roundedDown(IntOrString value, int total) {
    return of(value, total, false);
  }

  private static int of(IntOrString value, int total, boolean up) {
    if (value == null) {
      return 0;
    }
    if (value.getStrVal() == null) {
      return value.getIntVal() == null ? 0 : value.getIntVal();
    }
    String text = value.getStrVal();
    if (!text.matches("-?[0-9]{1,9}%")) {
      throw new IllegalArgumentException("invalid value for IntOrString: invalid type: string is not a percentage");
    }
    long hundredths = Long.parseLong(text.substring(0, text.length() - 1)) * total;
    return (int) (up ? Math.ceilDiv(hundredths, 100L) : Math.floorDiv(hundredths, 100L));
  }
}
