package io.kubrig.standalone;

import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.StartException;
import io.kubrig.operators.ControllerManagerFactory;
import io.kubrig.proxy.ProxyFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** The components of this build, under the names of their commands. */
enum Components {
  API_SERVER("apiserver", missing("API server")),
  SCHEDULER("scheduler", missing("scheduler")),
  CONTROLLER_MANAGER("controller-manager", ControllerManagerFactory::new),
  KUBELET("kubelet", missing("kubelet")),
  PROXY("proxy", ProxyFactory::new),
  DNS("dns", missing("DNS server"));

  private final String command;
  private final Supplier<ComponentFactory> factory;

  Components(String command, Supplier<ComponentFactory> factory) {
    this.command = command;
    this.factory = factory;
  }

  private static Supplier<ComponentFactory> missing(String what) {
    return () -> {
      throw new StartException("this build has no " + what);
    };
  }

  String command() {
    return command;
  }

  ComponentFactory factory() {
    return factory.get();
  }

  /** The component of a command; the native name, such as {@code kube-proxy}, is understood too. */
  static Optional<Components> find(String command) {
    String name = command.startsWith("kube-") ? command.substring("kube-".length()) : command;
    return Arrays.stream(values()).filter(component -> component.command.equals(name)).findFirst();
  }
}
