package io.kubrig.scheduler.explain;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** What the scheduler last decided about the pod of the same name, and why, as an object of the API. Its pod owns it. */
@Group(SchedulingExplanation.GROUP)
@Version("v1alpha1")
@Kind("SchedulingExplanation")
@Plural("schedulingexplanations")
@Singular("schedulingexplanation")
public final class SchedulingExplanation extends CustomResource<Void, Decided> implements Namespaced {
  public static final String GROUP = "scheduling.kubrig.io";
  private static final long serialVersionUID = 1;

  @Override
  protected Void initSpec() {
    return null;
  }

  @Override
  protected Decided initStatus() {
    return null;
  }
}
