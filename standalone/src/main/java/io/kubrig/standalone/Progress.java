package io.kubrig.standalone;

import io.kubrig.machinery.clock.Clock;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Tells what {@code up} is doing: each step with the time since the beginning; the step that runs is shown while it runs on a terminal
 * only.
 */
final class Progress {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final Clock clock;
  private final boolean interactive;
  private final long beganNanos;

  Progress(PrintStream out, Clock clock, boolean interactive) {
    this.out = out;
    this.clock = clock;
    this.interactive = interactive;
    this.beganNanos = clock.nanos();
  }

  /** Shows what begins now. */
  synchronized void begins(String what) {
    if (interactive) {
      out.print(CLEAR_LINE + elapsed() + what + " ...");
      out.flush();
    }
  }

  /** Writes down what is done. */
  synchronized void done(String what) {
    out.println((interactive ? CLEAR_LINE : "") + elapsed() + what);
  }

  /** Writes a line without a time. */
  synchronized void line(String text) {
    out.println((interactive ? CLEAR_LINE : "") + text);
  }

  private String elapsed() {
    return String.format(Locale.ROOT, "[%5.1fs] ", (clock.nanos() - beganNanos) / NANOS_PER_SECOND);
  }
}
