package io.kubrig.kubelet.pod;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as Go prints them, which is how they stand in events and statuses: {@code 1m20s}, {@code 1.5s}, {@code 320ms}. */
public final class GoDuration {
  private GoDuration() {}

  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
      return small(duration.toNanos());
    }
    StringBuilder text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append('h');
    }
    if (duration.toMinutes() > 0) {
      text.append(duration.toMinutesPart()).append('m');
    }
    BigDecimal seconds = BigDecimal.valueOf(duration.toSecondsPart()).add(BigDecimal.valueOf(duration.getNano(), 9));
    return text.append(plain(seconds)).append('s').toString();
  }

  private static String small(long nanos) {
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    return nanos < 1_000_000 ? plain(BigDecimal.valueOf(nanos, 3)) + "µs" : plain(BigDecimal.valueOf(nanos, 6)) + "ms";
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}
