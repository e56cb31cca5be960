package io.kubrig.dns.message;

import java.util.Locale;

/** What is asked. {@code name} has the case of the query and no final dot; the root is empty. */
public record Question(String name, int type, int dnsClass) {
  public static final int CLASS_IN = 1;

  /** The name as it is compared. */
  public String lowerName() {
    return name.toLowerCase(Locale.ROOT);
  }
}
