package io.kubrig.proxy;

import io.kubrig.machinery.component.StartException;
import io.kubrig.proxy.health.HttpEndpoints;
import io.kubrig.proxy.service.Addresses;
import io.kubrig.proxy.service.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a configuration must satisfy before the proxy starts; every problem is named at once. */
final class ConfigurationCheck {
  private static final Set<String> MODES = Set.of("", "iptables", "ipvs", "nftables");
  private static final Set<String> LOCAL_MODES = Set.of("", "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix");

  private ConfigurationCheck() {
  }

  static void check(ProxyConfiguration configuration) {
    List<String> problems = new ArrayList<>();
    mode(configuration.mode(), problems);
    if (Addresses.parse(configuration.bindAddress()).isEmpty()) {
      problems.add("KubeProxyConfiguration.BindAddress: Invalid value: \"" + configuration.bindAddress()
          + "\": not a valid textual representation of an IP address");
    }
    if (!LOCAL_MODES.contains(configuration.detectLocalMode())) {
      problems.add("KubeProxyConfiguration.DetectLocalMode: Invalid value: \"" + configuration.detectLocalMode()
          + "\": must be BridgeInterface,ClusterCIDR,InterfaceNamePrefix,NodeCIDR or blank");
    }
    cidrs("ClusterCIDR", configuration.clusterCidrs(), problems);
    cidrs("NodePortAddresses", configuration.nodePortAddresses().equals(List.of("primary")) ? List.of()
        : configuration.nodePortAddresses(), problems);
    if (configuration.masqueradeBit() < 0 || configuration.masqueradeBit() > 31) {
      problems.add("KubeProxyConfiguration.NFTables.MasqueradeBit: Invalid value: " + configuration.masqueradeBit()
          + ": must be within the range [0, 31]");
    }
    if (!configuration.syncPeriod().isPositive()) {
      problems.add("KubeProxyConfiguration.NFTables.SyncPeriod: Invalid value: must be greater than 0");
    }
    if (configuration.minSyncPeriod().compareTo(configuration.syncPeriod()) > 0) {
      problems.add("KubeProxyConfiguration.NFTables.SyncPeriod: Invalid value: must be greater than or equal to "
          + "KubeProxyConfiguration.NFTables.MinSyncPeriod");
    }
    if (!problems.isEmpty()) {
      throw new StartException(String.join("; ", problems));
    }
    List.of(configuration.healthzBindAddress(), configuration.metricsBindAddress()).stream().filter(bind -> !bind.isEmpty())
        .forEach(HttpEndpoints::address);
  }

  private static void mode(String mode, List<String> problems) {
    if (!MODES.contains(mode)) {
      problems.add("KubeProxyConfiguration.ProxyMode: Invalid value: \"" + mode
          + "\": must be iptables,ipvs,nftables or blank (blank means the best-available proxy [currently nftables])");
    } else if (mode.equals("iptables") || mode.equals("ipvs")) {
      problems.add("proxy mode \"" + mode + "\" is not available in this build: use nftables");
    }
  }

  private static void cidrs(String field, List<String> values, List<String> problems) {
    for (String value : values) {
      if (Cidr.parse(value).isEmpty()) {
        problems.add("KubeProxyConfiguration." + field + ": Invalid value: \"" + value
            + "\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
      }
    }
  }
}
