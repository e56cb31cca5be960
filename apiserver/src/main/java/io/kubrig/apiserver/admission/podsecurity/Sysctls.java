package io.kubrig.apiserver.admission.podsecurity;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Kernel parameters: those that concern the pod alone. */
final class Sysctls {
  private static final NavigableMap<Integer, List<String>> SINCE = new TreeMap<>();

  static {
    SINCE.put(
        0,
        List.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_unprivileged_port_start"));
    SINCE.put(27, List.of("net.ipv4.ip_local_reserved_ports"));
    SINCE.put(
        29,
        List.of("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes"));
    SINCE.put(32, List.of("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"));
    SINCE.put(37, List.of("net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"));
  }

  private Sysctls() {}

  /** The check as it is from a minor version on. */
  static Check in(int minor) {
    Set<String> allowed = new TreeSet<>();
    SINCE.headMap(minor, true).values().forEach(allowed::addAll);
    return pod -> {
      List<String> names = pod.securityContext().trees("sysctls").stream().map(sysctl -> sysctl.string("name")).toList();
      List<String> forbidden = names.stream().filter(name -> !allowed.contains(name)).toList();
      return forbidden.isEmpty() ? Optional.empty() : Optional.of(new Violation("forbidden sysctls", String.join(", ", forbidden)));
    };
  }
}
