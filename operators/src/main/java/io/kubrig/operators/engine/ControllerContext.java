package io.kubrig.operators.engine;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.events.EventRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What a controller is made from.
 *
 * @param api its way to the API server, under its own identity
 * @param caches the process's shared caches
 * @param clock the only source of time
 * @param random the only source of chance
 * @param recorders a recorder of events for a component's name
 * @param options the manager's flags
 * @param metrics where its own metrics go
 */
public record ControllerContext(
    Api api,
    Caches caches,
    Clock clock,
    RandomGenerator random,
    Function<String, EventRecorder> recorders,
    ControllerManagerOptions options,
    MeterRegistry metrics) {

  /** A recorder whose events name a component as their source. */
  public EventRecorder events(String component) {
    return recorders.apply(component);
  }
}
