package io.kubrig.machinery.logging;

import java.time.Instant;
import java.util.List;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/**
 * One event of the log.
 *
 * @param caller file and line, {@code Scheduler.java:42}
 * @param failure what was thrown; null when nothing was
 */
record LogLine(Instant time, Level level, String caller, String message, List<KeyValuePair> fields, Throwable failure) {

  /** The native verbosity that corresponds to the level. */
  int verbosity() {
    return switch (level) {
      case ERROR, WARN, INFO -> 0;
      case DEBUG -> 4;
      case TRACE -> 6;
    };
  }
}
