package io.kubrig.scheduler.cycle;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.scheduler.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells in the log of searches for a node that took long, and where the time went, as native does. Source: k8s.io/utils/trace. */
final class SlowSearch {
  /** From so many nanoseconds on a search is slow. */
  static final long NANOS = 100_000_000;
  private static final Logger LOG = LoggerFactory.getLogger(SlowSearch.class);
  private static final long MILLI = 1_000_000;
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss.SSS", Locale.ROOT)
      .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private SlowSearch() {}

  /** Times are nanoseconds of the scheduler's clock but for {@code ended}. */
  static void log(Pod pod, Instant ended, long start, long filtered, long end, Decision decision) {
    LOG.info("{}", text(pod, ended, start, filtered, end, decision));
  }

  static String text(Pod pod, Instant ended, long start, long filtered, long end, Decision decision) {
    int number = Math.floorMod(pod.uid().hashCode() * 31 + Long.hashCode(start), Integer.MAX_VALUE);
    String line = "\nTrace[" + number + "]: ";
    StringBuilder b = new StringBuilder("Trace[" + number + "]: \"Scheduling\" namespace:" + pod.namespace() + ",name:" + pod.name() + " ("
        + DAY.format(ended.minusNanos(end - start)) + ") (total time: " + (end - start) / MILLI + "ms):");
    boolean scored = decision instanceof Decision.Placed p && p.feasible() > 1;
    boolean wasFiltered = filtered > start && (decision instanceof Decision.Placed || decision instanceof Decision.NoFit);
    long share = NANOS / ((scored ? 2 : wasFiltered ? 1 : 0) + 1); // a step is told when it took more than its share
    if (wasFiltered && filtered - start >= share) {
      step(b, line, "Computing predicates done", filtered - start, ended.minusNanos(end - filtered));
    }
    if (scored && end - filtered >= share) {
      step(b, line, "Prioritizing done", end - filtered, ended);
    }
    String total = GoDuration.format(Duration.ofNanos(end - start));
    return b.append(line).append('[').append(total).append("] [").append(total).append("] END").toString();
  }

  private static void step(StringBuilder b, String line, String what, long took, Instant when) {
    b.append(line).append("---\"").append(what).append("\" ").append(took / MILLI).append("ms (").append(TIME.format(when)).append(')');
  }
}
