package io.kubrig.operators;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;

/** Makes controller managers from kube-controller-manager's command line. */
public final class ControllerManagerFactory implements ComponentFactory {
  private final ControllerManagerFlags flags = new ControllerManagerFlags();

  @Override
  public String name() {
    return ControllerManagerOptions.COMPONENT;
  }

  @Override
  public FlagSet flags() {
    return flags.all();
  }

  @Override
  public Component create(ParsedFlags given, Environment environment) {
    return new ControllerManager(flags, new ControllerManagerOptions(flags.all(), given), environment, ControllerRegistry.all());
  }
}
