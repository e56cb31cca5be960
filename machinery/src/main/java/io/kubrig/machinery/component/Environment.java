package io.kubrig.machinery.component;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Everything a component takes from the outside.
 *
 * @param clock the only source of time
 * @param random the only source of randomness, for any thread
 * @param metrics where the component's metrics go; each component has its own registry
 * @param clients where it gets its connection to the API
 * @param failures hears when the component can no longer work
 */
public record Environment(
    Clock clock, RandomGenerator random, MeterRegistry metrics, ClientSource clients, FailureListener failures) {

  public Environment {
    Objects.requireNonNull(clock);
    random = SharedRandom.of(random);
    Objects.requireNonNull(metrics);
    Objects.requireNonNull(clients);
    Objects.requireNonNull(failures);
  }

  /** The environment of a program of its own: real time, clients as the kubeconfig says. */
  public static Environment ofProcess(FailureListener failures) {
    return new Environment(
        Clock.system(), RandomGenerator.getDefault(), new KubernetesRegistry(), new KubeconfigClients(), failures);
  }

  /** Whether clients come from an API server in the same process, so that no kubeconfig need be named. */
  public boolean embedded() {
    return !(clients instanceof KubeconfigClients);
  }

  /** The same with a registry of its own, for the next component of one process. */
  public Environment withMetrics(MeterRegistry other) {
    return new Environment(clock, random, other, clients, failures);
  }

  public Environment withClients(ClientSource other) {
    return new Environment(clock, random, metrics, other, failures);
  }
}
