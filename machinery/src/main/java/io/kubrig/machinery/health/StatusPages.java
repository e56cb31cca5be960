package io.kubrig.machinery.health;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.KubernetesVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The texts of {@code /flagz} and {@code /statusz}. */
public final class StatusPages {
  private static final DateTimeFormatter UNIX_DATE = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss zzz yyyy", Locale.ROOT);
  private static final String WARNING =
      "Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging"
          + " purposes only.\n";

  private StatusPages() {}

  /** Every flag with its effective value. */
  public static String flagz(String component, Map<String, String> flags) {
    StringBuilder out = new StringBuilder("\n").append(component).append(" flagz\n").append(WARNING);
    flags.forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
    return out.toString();
  }

  /** Since when the component runs, and in which version. */
  public static String statusz(String component, Instant started, Clock clock) {
    return statusz(component, started, clock, List.of());
  }

  /** With the paths that the component serves. */
  public static String statusz(String component, Instant started, Clock clock, List<String> paths) {
    long up = Duration.between(started, clock.now()).toSeconds();
    return "\n" + component + " statusz\n" + WARNING
        + "\nStarted: " + started.atZone(ZoneId.systemDefault()).format(UNIX_DATE)
        + "\nUp: " + String.format(Locale.ROOT, "%d hr %02d min %02d sec", up / 3600, up / 60 % 60, up % 60)
        + "\nJava version: " + Runtime.version()
        + "\nBinary version: " + KubernetesVersion.NUMBER
        + "\nEmulation version: " + KubernetesVersion.MAJOR + "." + KubernetesVersion.MINOR + "\n"
        + (paths.isEmpty() ? "" : "Paths: " + String.join(" ", paths) + "\n");
  }
}
