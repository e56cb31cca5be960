package io.kubrig.dns;

import io.kubrig.dns.forward.ResolvConf;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.ParsedFlags;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Makes the cluster DNS server from its command line. */
public final class DnsFactory implements ComponentFactory {
  private static final int DNS_PORT = 53;

  private final FlagSet set =
      new FlagSet("kubrig-dns",
      "The cluster DNS server answers for the names of services and pods and forwards other names to the host's resolvers.");
  private final FlagSection section = set.section("dns");
  private final Flag<InetAddress> bindAddress =
      section.ip("bind-address", "0.0.0.0", "The IP address on which to serve DNS over UDP and TCP.");
  private final Flag<Integer> port = section.integer("port", DNS_PORT, "The port on which to serve DNS; 0 lets the kernel choose.");
  private final Flag<String> domain = section.string("cluster-domain", "cluster.local", "The domain of the cluster.");
  private final Flag<Duration> ttl =
      section.duration("ttl", Duration.ofSeconds(30), "How long answers about the cluster may be cached, absence included.");
  private final Flag<Duration> cache =
      section.duration("cache-ttl", Duration.ofSeconds(30), "The longest time answers of other resolvers are cached; 0 caches none.");
  private final Flag<List<String>> forward =
      section.strings("forward", List.of(), "Resolvers for names outside the cluster, as address or address:port;"
      + " empty means those of --resolv-conf.");
  private final Flag<String> resolvConf = section.string("resolv-conf", "/etc/resolv.conf", "The file that names the host's resolvers.");
  private final Flag<String> status = section.flag("status-bind-address", FlagTypes.IP_PORT, "0.0.0.0:9153",
      "The IP address and port of /health, /ready and /metrics; empty to disable.");
  private final Flag<String> kubeconfig =
      section.string("kubeconfig", "", "Path to a kubeconfig; empty means the service account of the pod.");
  private final Flag<String> master =
      section.string("master", "", "The address of the Kubernetes API server (overrides any value in kubeconfig).");

  @Override
  public String name() {
    return "kubrig-dns";
  }

  @Override
  public FlagSet flags() {
    return set;
  }

  @Override
  public Component create(ParsedFlags given, Environment environment) {
    InetSocketAddress address = new InetSocketAddress(given.value(bindAddress), given.value(port));
    String zone = given.value(domain).replaceAll("^\\.+|\\.+$", "");
    if (zone.isEmpty()) {
      throw new FlagException("invalid argument \"" + given.value(domain) + "\" for \"--cluster-domain\" flag: it must not be empty");
    }
    DnsOptions options = new DnsOptions(address, zone, given.value(ttl), given.value(cache), resolvers(given, address),
        statusAddress(given.value(status)));
    ClientSettings client = new ClientSettings(name(), given.value(kubeconfig), given.value(master), 0, 0);
    return new DnsServer(options, client, environment);
  }

  private List<InetSocketAddress> resolvers(ParsedFlags given, InetSocketAddress self) {
    List<String> named = given.value(forward);
    if (!named.isEmpty()) {
      return named.stream().map(text -> ResolvConf.server(text)
          .orElseThrow(() -> new FlagException("invalid argument \"" + text
              + "\" for \"--forward\" flag: it must be an IP address with or without a port"))).toList();
    }
    Path file = Path.of(given.value(resolvConf));
    try {
      // asking oneself would never end
      return ResolvConf.nameservers(Files.readString(file)).stream().filter(server -> !server.equals(self)).toList();
    } catch (IOException problem) {
      throw new StartException("cannot read the resolvers from " + file
          + ": name another file with --resolv-conf, or resolvers with --forward", problem);
    }
  }

  private static InetSocketAddress statusAddress(String text) {
    return text.isEmpty() ? null
        : ResolvConf.server(text)
        .orElseThrow(() -> new FlagException("invalid argument \"" + text + "\" for \"--status-bind-address\" flag"));
  }
}
