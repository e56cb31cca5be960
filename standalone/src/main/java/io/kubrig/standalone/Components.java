package io.kubrig.standalone;

import io.kubrig.apiserver.ApiServerFactory;
import io.kubrig.dns.DnsFactory;
import io.kubrig.kubelet.config.KubeletFactory;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.operators.ControllerManagerFactory;
import io.kubrig.proxy.ProxyFactory;
import io.kubrig.scheduler.SchedulerFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** The components of this build, under the names of their commands. */
enum Components {
  API_SERVER("apiserver", ApiServerFactory::new),
  SCHEDULER("scheduler", SchedulerFactory::new),
  CONTROLLER_MANAGER("controller-manager", ControllerManagerFactory::new),
  KUBELET("kubelet", KubeletFactory::new),
  PROXY("proxy", ProxyFactory::new),
  DNS("dns", DnsFactory::new);

  private final String command;
  private final Supplier<ComponentFactory> factory;

  Components(String command, Supplier<ComponentFactory> factory) {
    this.command = command;
    this.factory = factory;
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
