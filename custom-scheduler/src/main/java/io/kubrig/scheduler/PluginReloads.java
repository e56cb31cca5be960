package io.kubrig.scheduler;

import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.plugins.external.PluginDirectory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Optional;

/** Hands new plugins to the scheduler, and tells how that went: in {@code kubrig_scheduler_plugin_reloads_total} and as events. */
final class PluginReloads implements PluginDirectory.User {
  private static final String NAME = "kubrig_scheduler_plugin_reloads_total";
  private static final String HELP = "How often plugin jars were loaded anew, by result: 'error' left the former plugins in use.";

  private final Scheduler scheduler;
  private final Counter successes;
  private final Counter errors;
  private final ReloadEvents events;

  PluginReloads(Scheduler scheduler, MeterRegistry metrics, ReloadEvents events) {
    this.events = events;
    this.scheduler = scheduler;
    this.successes = Counter.builder(NAME).description(HELP).tag("result", "success").register(metrics);
    this.errors = Counter.builder(NAME).description(HELP).tag("result", "error").register(metrics);
  }

  @Override
  public void use(Map<String, PluginFactory> registry) throws InterruptedException {
    scheduler.reload(registry);
  }

  @Override
  public void reloaded(Optional<String> failure) {
    (failure.isEmpty() ? successes : errors).increment();
    events.tell(failure);
  }
}
