package io.kubrig.operators;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;

/** Makes controller managers from kube-controller-manager's command line. */
public final class ControllerManagerFactory implements ComponentFactory {
  private final FlagSet flags = ControllerManagerOptions.declare();

  @Override
  public String name() {
    return ControllerManagerOptions.COMPONENT;
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public Component create(ParsedFlags given, Environment environment) {
    return new ControllerManager(new ControllerManagerOptions(flags, given), environment, ControllerRegistry.all());
  }
}
