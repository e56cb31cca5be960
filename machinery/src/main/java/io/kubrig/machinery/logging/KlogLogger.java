package io.kubrig.machinery.logging;

import io.kubrig.machinery.clock.Clock;
import java.util.List;
import java.util.Set;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** A logger that hands each event that is severe enough to the process's log. */
final class KlogLogger extends LegacyAbstractLogger implements LoggingEventAware {
  private static final long serialVersionUID = 1L;
  private static final Set<String> PLUMBING = Set.of("org.slf4j", "org.slf4j.helpers", "org.slf4j.spi", "org.slf4j.event");
  private static final StackWalker STACK = StackWalker.getInstance();
  private static final String OWN_PACKAGE = KlogLogger.class.getPackageName();

  private transient volatile Threshold threshold = new Threshold(-1, Level.INFO);

  KlogLogger(String name) {
    this.name = name;
  }

  private boolean writes(Level level) {
    Threshold current = threshold;
    if (current.generation != Logging.generation()) {
      current = new Threshold(Logging.generation(), Logging.threshold(name));
      threshold = current;
    }
    return level.toInt() >= current.level.toInt();
  }

  @Override
  public boolean isTraceEnabled() {
    return writes(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return writes(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return writes(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return writes(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return writes(Level.ERROR);
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return KlogLogger.class.getName();
  }

  @Override
  protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments, Throwable failure) {
    write(level, MessageFormatter.basicArrayFormat(pattern, arguments), List.of(), failure);
  }

  @Override
  public void log(LoggingEvent event) {
    List<KeyValuePair> fields = event.getKeyValuePairs();
    String message = MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray());
    write(event.getLevel(), message, fields == null ? List.of() : fields, event.getThrowable());
  }

  private static void write(Level level, String message, List<KeyValuePair> fields, Throwable failure) {
    Logging.write(new LogLine(Clock.system().now(), level, caller(), String.valueOf(message), fields, failure));
  }

  private static String caller() {
    return STACK.walk(
        frames ->
            frames
                .filter(frame -> !isPlumbing(frame.getClassName()))
                .findFirst()
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("unknown:0"));
  }

  private static boolean isPlumbing(String className) {
    String owner = className.substring(0, Math.max(0, className.lastIndexOf('.')));
    return PLUMBING.contains(owner) || owner.equals(OWN_PACKAGE) && className.startsWith(KlogLogger.class.getName());
  }

  private record Threshold(int generation, Level level) {}
}
