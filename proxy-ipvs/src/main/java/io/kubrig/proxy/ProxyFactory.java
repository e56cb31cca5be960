package io.kubrig.proxy;

import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.proxy.netlink.LinuxNetlink;
import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.nftables.TablePlan;
import io.kubrig.proxy.nftables.TableSync;
import io.kubrig.proxy.routes.NodeRoutes;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Makes the proxy from kube-proxy's command line. A configuration file replaces all flags but {@code --hostname-override}, as natively. */
public final class ProxyFactory implements ComponentFactory {
  private final ProxyFlags flags = new ProxyFlags();

  @Override
  public String name() {
    return "kube-proxy";
  }

  @Override
  public FlagSet flags() {
    return flags.set;
  }

  @Override
  public Component create(ParsedFlags given, Environment environment) {
    String file = given.value(flags.config);
    Tree tree = file.isEmpty() ? ProxyConfiguration.defaults() : ProxyConfiguration.read(Path.of(file));
    flags.overlay(given, tree, file.isEmpty() ? flags.configurationFlags() : Set.of(flags.hostnameOverride));
    ProxyConfiguration configuration = ProxyConfiguration.of(tree);
    if (!given.value(flags.writeConfigTo).isEmpty()) {
      return new Once(() -> write(configuration, Path.of(given.value(flags.writeConfigTo))), environment);
    }
    if (given.value(flags.cleanup)) {
      return new Once(ProxyFactory::cleanUp, environment);
    }
    if (given.value(flags.initOnly)) {
      return new Once(() -> new KernelSettings(Sysctls.ofKernel())
          .apply(KernelSettings.wanted(configuration, Runtime.getRuntime().availableProcessors())), environment);
    }
    ClientSettings client =
        new ClientSettings(name(), configuration.kubeconfig(), given.value(flags.master), configuration.qps(), configuration.burst());
    ServiceProxy proxy = new ServiceProxy(configuration, client, nodeName(configuration), environment);
    return given.value(flags.nodeRoutes)
        ? new Both(new NodeRoutes(nodeName(configuration), client, configuration.syncPeriod(), environment), proxy) : proxy;
  }

  private static String nodeName(ProxyConfiguration configuration) {
    try {
      String name = configuration.hostnameOverride().isBlank() ? InetAddress.getLocalHost().getHostName()
          : configuration.hostnameOverride();
      return name.strip().toLowerCase(Locale.ROOT);
    } catch (IOException problem) {
      throw new StartException("the host has no name: give the node's with --hostname-override", problem);
    }
  }

  private static void write(ProxyConfiguration configuration, Path file) {
    try {
      Files.writeString(file, configuration.yaml());
    } catch (IOException problem) {
      throw new StartException("cannot write the configuration to " + file + ": " + problem.getMessage(), problem);
    }
  }

  /** Removes every rule and route of the proxy from this machine's kernel. */
  static void cleanUp() {
    try (LinuxNetlink netlink = LinuxNetlink.open()) {
      for (Family family : Family.values()) {
        TableSync.remove(netlink, family, TablePlan.TABLE);
      }
      NodeRoutes.cleanUp();
    } catch (NetlinkException problem) {
      throw new StartException("the proxy's rules cannot be removed: " + problem.getMessage(), problem);
    }
  }

  /** The proxy, and the routes to pods on other nodes. */
  private record Both(NodeRoutes routes, ServiceProxy proxy) implements Component {
    @Override
    public String name() {
      return proxy.name();
    }

    @Override
    public void start() {
      try {
        routes.start();
        proxy.start();
      } catch (RuntimeException problem) {
        close();
        throw problem;
      }
    }

    @Override
    public void close() {
      proxy.close();
      routes.close();
    }
  }

  /** A command that is over when it has started. */
  private record Once(Runnable task, Environment environment) implements Component {
    @Override
    public String name() {
      return "kube-proxy";
    }

    @Override
    public void start() {
      task.run();
      environment.failures().finished(name());
    }

    @Override
    public void close() {
      // nothing is held
    }
  }
}
