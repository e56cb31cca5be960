package io.kubrig.apiserver.admission;

import java.util.List;

/** The plugins in native's order: all mutate, then, after the kind's own validation, all validate. */
public final class AdmissionChain {
  private final List<AdmissionPlugin> plugins;

  public AdmissionChain(List<AdmissionPlugin> plugins) {
    this.plugins = List.copyOf(plugins);
  }

  /** Has every plugin mutate, and once more when one of them asked for that. */
  public void mutate(AdmissionRequest request) {
    do {
      for (AdmissionPlugin plugin : plugins) {
        if (plugin.handles(request.operation().verb())) {
          plugin.mutate(request);
        }
      }
    } while (request.reinvocation().begin());
  }

  /** Asks every plugin; when one refuses, those that had agreed take back what they did for the request. */
  public void validate(AdmissionRequest request) {
    boolean agreed = false;
    try {
      for (AdmissionPlugin plugin : plugins) {
        if (plugin.handles(request.operation().verb())) {
          plugin.validate(request);
        }
      }
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
