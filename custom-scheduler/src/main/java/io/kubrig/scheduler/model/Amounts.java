package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Quantities of the API as whole numbers, rounded up as the scheduler counts them. */
public final class Amounts {
  private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private Amounts() {}

  /** The value in units (bytes, pieces), rounded up. */
  public static long value(Quantity q) {
    return whole(exact(q));
  }

  /** The value in thousandths, rounded up. */
  public static long milli(Quantity q) {
    return whole(exact(q).movePointRight(3));
  }

  /** The exact value. */
  public static BigDecimal exact(Quantity q) {
    return q.getNumericalAmount();
  }

  private static long whole(BigDecimal d) {
    return d.setScale(0, RoundingMode.UP).min(MAX).longValue();
  }
}
