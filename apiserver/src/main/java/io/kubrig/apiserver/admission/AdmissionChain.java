package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.admission.AdmissionMetrics.Type;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.List;

/** The plugins in native's order: all mutate, then, after the kind's own validation, all validate. */
public final class AdmissionChain {
  private final List<AdmissionPlugin> plugins;
  private final List<AdmissionPlugin> mutating;
  private final List<AdmissionPlugin> validating;
  private final AdmissionMetrics metrics;

  /** A chain that nobody measures. */
  public AdmissionChain(List<AdmissionPlugin> plugins) {
    this(plugins, new AdmissionMetrics(new CompositeMeterRegistry(), Clock.system()));
  }

  public AdmissionChain(List<AdmissionPlugin> plugins, AdmissionMetrics metrics) {
    this.plugins = List.copyOf(plugins);
    this.mutating = plugins.stream().filter(AdmissionPlugin::mutates).toList();
    this.validating = plugins.stream().filter(AdmissionPlugin::validates).toList();
    this.metrics = metrics;
  }

  /** Has every plugin mutate, and once more when one of them asked for that. */
  public void mutate(AdmissionRequest request) {
    Verb verb = request.operation().verb();
    do {
      metrics.ofAll(verb, Type.ADMIT, () -> {
        for (AdmissionPlugin plugin : mutating) {
          if (plugin.handles(verb)) {
            metrics.ofPlugin(plugin, verb, Type.ADMIT, () -> plugin.mutate(request));
          }
        }
      });
    } while (request.reinvocation().begin());
  }

  /** Asks every plugin; when one refuses, those that had agreed take back what they did for the request. */
  public void validate(AdmissionRequest request) {
    boolean agreed = false;
    try {
      Verb verb = request.operation().verb();
      metrics.ofAll(verb, Type.VALIDATE, () -> {
        for (AdmissionPlugin plugin : validating) {
          if (plugin.handles(verb)) {
            metrics.ofPlugin(plugin, verb, Type.VALIDATE, () -> plugin.validate(request));
          }
        }
      });
      agreed = true;
    } finally {
      if (!agreed) {
        abandoned(request);
      }
    }
  }

  /** To be called when a request that all plugins agreed to came to nothing. */
  public void abandoned(AdmissionRequest request) {
    request.undoing().forEach(Runnable::run);
    request.undoing().clear();
  }

  public List<AdmissionPlugin> plugins() {
    return plugins;
  }
}
