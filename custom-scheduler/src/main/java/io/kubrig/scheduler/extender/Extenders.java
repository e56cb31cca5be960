package io.kubrig.scheduler.extender;

import io.kubrig.scheduler.config.SchedulerConfiguration;
import java.util.List;
import java.util.stream.Stream;

/** The extenders of a configuration: those that may be left out when they fail come last, as natively. */
public final class Extenders {
  private Extenders() {}

  public static List<Extender> of(SchedulerConfiguration configuration) {
    List<Extender> all = configuration.extenders().stream().<Extender>map(HttpExtender::new).toList();
    return Stream.concat(all.stream().filter(e -> !e.isIgnorable()), all.stream().filter(Extender::isIgnorable)).toList();
  }
}
