package io.kubrig.apiserver.admission.podsecurity;

import java.util.Locale;
import java.util.Optional;

/** How much a namespace allows its pods, from all to little. */
enum Level {
  PRIVILEGED,
  BASELINE,
  RESTRICTED;

  static final String DEMAND = "must be one of privileged, baseline, restricted";

  static Optional<Level> parse(String text) {
    for (Level level : values()) {
      if (level.toString().equals(text)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
