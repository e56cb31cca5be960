package io.kubrig.machinery.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.event.Level;

/** The settings of the process's log. There is one log per process, as there is one standard error. */
public final class Logging {
  private static final String OWN = "io.kubrig.";

  // read on every call by every thread, replaced as a whole
  private static volatile LogSettings settings = LogSettings.DEFAULT;
  private static volatile LogSink sink = new LogSink(new FileOutputStream(FileDescriptor.err));
  private static volatile int generation;

  private Logging() {}

  /** Changes what is logged from now on. */
  public static synchronized void configure(LogSettings wanted) {
    settings = wanted;
    generation++;
  }

  /** Sends the log elsewhere, such as to a file. */
  public static void redirect(OutputStream out) {
    sink = new LogSink(out);
  }

  static int generation() {
    return generation;
  }

  /** The least severe level that a logger writes. */
  static Level threshold(String loggerName) {
    int verbosity = settings.verbosityOf(loggerName.substring(loggerName.lastIndexOf('.') + 1));
    if (!loggerName.startsWith(OWN)) {
      return verbosity >= 8 ? Level.DEBUG : verbosity >= 4 ? Level.INFO : Level.WARN;
    }
    return verbosity >= 6 ? Level.TRACE : verbosity >= 4 ? Level.DEBUG : Level.INFO;
  }

  static void write(LogLine line) {
    String text =
        switch (settings.format()) {
          case TEXT -> TextFormat.format(line);
          case JSON -> JsonFormat.format(line);
        };
    sink.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
