package io.kubrig.apiserver;

import io.kubrig.apiserver.server.ApiServerComponent;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;

/** The API server as a component with kube-apiserver's flags. */
public final class ApiServerFactory implements ComponentFactory {
  private final ApiServerComponent.Options options = new ApiServerComponent.Options();

  @Override
  public String name() {
    return "kube-apiserver";
  }

  @Override
  public FlagSet flags() {
    return options.flags();
  }

  @Override
  public Component create(ParsedFlags flags, Environment environment) {
    return options.component(flags, environment);
  }
}
