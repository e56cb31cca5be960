package io.kubrig.scheduler.model;

import java.util.List;

/** A toleration of a pod; null key means any key, null effect any effect. */
public record Toleration(String key, Comparison comparison, String value, String effect) {

  /** How the value of the taint is compared. */
  public enum Comparison {
    EQUAL, EXISTS, LT, GT;

    static Comparison of(String operator) {
      return switch (operator == null ? "" : operator) {
        case "Exists" -> EXISTS;
        case "Lt" -> LT;
        case "Gt" -> GT;
        default -> EQUAL;
      };
    }
  }

  /** A toleration of the API. */
  public static Toleration of(io.fabric8.kubernetes.api.model.Toleration t) {
    return new Toleration(blankToNull(t.getKey()), Comparison.of(t.getOperator()), t.getValue() == null ? "" : t.getValue(),
        blankToNull(t.getEffect()));
  }

  private static String blankToNull(String s) {
    return s == null || s.isEmpty() ? null : s;
  }

  /** Whether this tolerates the taint. */
  public boolean tolerates(Taint taint) {
    if (effect != null && !effect.equals(taint.effect()) || key != null && !key.equals(taint.key())) {
      return false;
    }
    return switch (comparison) {
      case EQUAL -> value.equals(taint.value());
      case EXISTS -> true;
      case LT -> number(taint.value()) < number(value);
      case GT -> number(taint.value()) > number(value);
    };
  }

  private static double number(String s) {
    try {
      return Long.parseLong(s);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** Whether one of the tolerations tolerates the taint. */
  public static boolean anyTolerates(List<Toleration> tolerations, Taint taint) {
    for (Toleration t : tolerations) {
      if (t.tolerates(taint)) {
        return true;
      }
    }
    return false;
  }
}
