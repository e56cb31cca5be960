package io.kubrig.apiserver.admission;

import java.util.List;

/** The plugins in native's order: all mutate, then, after the kind's own validation, all validate. */
public final class AdmissionChain {
  private final List<AdmissionPlugin> plugins;

  public AdmissionChain(List<AdmissionPlugin> plugins) {
    this.plugins = List.copyOf(plugins);
  }

  public void mutate(AdmissionRequest request) {
    for (AdmissionPlugin plugin : plugins) {
      plugin.mutate(request);
    }
  }

  public void validate(AdmissionRequest request) {
    for (AdmissionPlugin plugin : plugins) {
      plugin.validate(request);
    }
  }

  /** Tells the plugins in reverse order that a request they agreed to came to nothing. */
  public void abandoned(AdmissionRequest request) {
    for (AdmissionPlugin plugin : plugins.reversed()) {
      plugin.abandoned(request);
    }
  }

  public List<AdmissionPlugin> plugins() {
    return plugins;
  }
}
