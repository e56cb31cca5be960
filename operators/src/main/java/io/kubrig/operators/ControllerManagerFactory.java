package io.kubrig.operators;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.operators.cloud.CloudProviders;

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
    ControllerManagerOptions options = new ControllerManagerOptions(flags.all(), given);
    CloudProviders.check(options);
    return new ControllerManager(flags, options, environment, ControllerRegistry.all());
  }
}
