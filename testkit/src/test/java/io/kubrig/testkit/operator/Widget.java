package io.kubrig.testkit.operator;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** A custom resource as the users of the Java Operator SDK write them. */
@Group("example.com")
@Version("v1")
public class Widget extends CustomResource<Widget.Spec, Widget.State> implements Namespaced {
  private static final long serialVersionUID = 1L;

  /** What is wanted. */
  public static class Spec {
    public Integer size;
    public Integer limit;
    public String color;
  }

  /** What there is. */
  public static class State {
    public Boolean ready;
    public Integer tries;
  }
}
