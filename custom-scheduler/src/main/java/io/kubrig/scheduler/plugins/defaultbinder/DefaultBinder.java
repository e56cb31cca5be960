package io.kubrig.scheduler.plugins.defaultbinder;

import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.framework.BindPlugin;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;

/** Binds pods through their binding subresource. */
public final class DefaultBinder implements BindPlugin {
  private final ClusterApi api;

  public DefaultBinder(ClusterApi api) {
    this.api = api;
  }

  @Override
  public String name() {
    return "DefaultBinder";
  }

  @Override
  public Status bind(CycleState state, Pod pod, String node) {
    try {
      api.bind(PodRef.of(pod), node);
      return Status.SUCCESS;
    } catch (ClusterApiException e) {
      return Status.error(e.getMessage());
    }
  }
}
