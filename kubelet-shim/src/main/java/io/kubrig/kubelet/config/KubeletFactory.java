package io.kubrig.kubelet.config;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.config.ConfigException;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;

/** Makes a kubelet from the native command line. */
public final class KubeletFactory implements ComponentFactory {
  private final KubeletFlags flags = new KubeletFlags();

  @Override
  public String name() {
    return "kubelet";
  }

  @Override
  public FlagSet flags() {
    return flags.set;
  }

  @Override
  public Component create(ParsedFlags given, Environment environment) {
    try {
      return new Kubelet(flags, given, flags.config(given), environment);
    } catch (ConfigException e) {
      throw new StartException("failed to load kubelet config file: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new StartException(e.getMessage(), e);
    }
  }
}
