package io.kubrig.scheduler.config;

import java.util.ArrayList;
import java.util.List;

/** The mistakes found in a configuration, each with the field and, where known, the line of the file. */
public final class Problems {
  private final List<String> all = new ArrayList<>();

  /** Notes a mistake at a field, e.g. {@code profiles[0].schedulerName}. */
  public void add(String field, int line, String text) {
    all.add(field + ": " + text + (line > 0 ? " (line " + line + ")" : ""));
  }

  public List<String> all() {
    return List.copyOf(all);
  }

  /** Throws when there is any. */
  public void throwIfAny() {
    if (all.size() == 1) {
      throw new InvalidConfigurationException(all.getFirst());
    }
    if (!all.isEmpty()) {
      throw new InvalidConfigurationException("[" + String.join(", ", all) + "]");
    }
  }
}
