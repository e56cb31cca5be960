package io.kubrig.proxy;

import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the kernel parameters to what forwarding and connection tracking need. */
final class KernelSettings {
  private static final Logger LOG = LoggerFactory.getLogger(KernelSettings.class);
  private static final String MAX = "net/netfilter/nf_conntrack_max";

  private final Sysctls sysctls;

  KernelSettings(Sysctls sysctls) {
    this.sysctls = sysctls;
  }

  /**
   * What is to be set, by name; pure. The table of flows is never made smaller than the minimum, and a zero leaves the kernel's value.
   *
   * @param cores processors of the node
   */
  static Map<String, Long> wanted(ProxyConfiguration configuration, int cores) {
    Map<String, Long> wanted = new LinkedHashMap<>();
    wanted.put("net/ipv4/ip_forward", 1L);
    if (configuration.conntrackMaxPerCore() > 0) {
      wanted.put(MAX, Math.max(configuration.conntrackMin(), (long) configuration.conntrackMaxPerCore() * cores));
    }
    if (configuration.conntrackTcpBeLiberal()) {
      wanted.put("net/netfilter/nf_conntrack_tcp_be_liberal", 1L);
    }
    timeout(wanted, "net/netfilter/nf_conntrack_tcp_timeout_established", configuration.conntrackTimeout("tcpEstablishedTimeout"));
    timeout(wanted, "net/netfilter/nf_conntrack_tcp_timeout_close_wait", configuration.conntrackTimeout("tcpCloseWaitTimeout"));
    timeout(wanted, "net/netfilter/nf_conntrack_udp_timeout", configuration.conntrackTimeout("udpTimeout"));
    timeout(wanted, "net/netfilter/nf_conntrack_udp_timeout_stream", configuration.conntrackTimeout("udpStreamTimeout"));
    return wanted;
  }

  private static void timeout(Map<String, Long> wanted, String name, Duration timeout) {
    if (timeout.isPositive()) {
      wanted.put(name, timeout.toSeconds());
    }
  }

  /**
   * Sets what differs.
   *
   * @throws StartException when packets could not be forwarded; a limit or timeout that cannot be set, as in a container with a read-only
   *     /proc/sys, is only logged
   */
  void apply(Map<String, Long> wanted) {
    wanted.forEach((name, value) -> {
      try {
        long current = sysctls.read(name);
        boolean enough = name.equals(MAX) ? current >= value : current == value;
        if (!enough) {
          LOG.info("Setting sysctl {} from {} to {}", name, current, value);
          sysctls.write(name, value);
        }
      } catch (IOException | NumberFormatException problem) {
        if (name.endsWith("ip_forward")) {
          throw new StartException("cannot set the kernel parameter net.ipv4.ip_forward to 1, without which no packet reaches a pod: "
              + "run as root, or set it with"
              + " sysctl -w net.ipv4.ip_forward=1", problem);
        }
        LOG.warn("Cannot set kernel parameter {} to {}: {}", name.replace('/', '.'), value, problem.toString());
      }
    });
  }
}
