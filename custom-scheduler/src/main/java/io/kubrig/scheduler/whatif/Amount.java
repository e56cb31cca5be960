package io.kubrig.scheduler.whatif;

import io.kubrig.scheduler.model.ResourceVector;

/** Amounts of resources as people write them. */
final class Amount {
  private static final long KI = 1024;

  private Amount() {}

  /** {@code 1500m}, {@code 2}, {@code 512Mi}. */
  static String of(int resource, long amount) {
    if (resource == ResourceVector.CPU) {
      return amount % 1000 == 0 ? Long.toString(amount / 1000) : amount + "m";
    }
    boolean bytes = resource == ResourceVector.MEMORY || resource == ResourceVector.EPHEMERAL_STORAGE
        || ResourceVector.name(resource).startsWith("hugepages-");
    if (!bytes || amount % KI != 0 || amount == 0) {
      return Long.toString(amount);
    }
    String[] units = {"Ki", "Mi", "Gi", "Ti"};
    long n = amount / KI;
    int unit = 0;
    while (n % KI == 0 && unit < units.length - 1) {
      n /= KI;
      unit++;
    }
    return n + units[unit];
  }
}
