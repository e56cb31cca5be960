package io.kubrig.kubelet.config;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagTypes;
import java.util.List;
import java.util.Map;

/** The native flags that are understood and mean nothing here: using one gives a warning with the reason. */
final class InertFlags {
  /** A line each: name, type, default. A line that begins with {@code #} is the reason for those below it. */
  private static final String TABLE =
      """
      # eviction under pressure is not part of this kubelet yet
      eviction-hard STRING_MAP
      eviction-max-pod-grace-period INT32
      eviction-minimum-reclaim STRING_MAP
      eviction-pressure-transition-period DURATION 5m0s
      eviction-soft STRING_MAP
      eviction-soft-grace-period STRING_MAP
      experimental-allocatable-ignore-eviction BOOL
      kernel-memcg-notification BOOL
      # images are not collected by this kubelet yet
      image-gc-high-threshold INT32 85
      image-gc-low-threshold INT32 80
      minimum-image-ttl-duration DURATION 2m0s
      # it has no counterpart in this kubelet
      allowed-unsafe-sysctls STRINGS
      cgroups-per-qos BOOL true
      cloud-provider STRING
      config-dir STRING
      contention-profiling BOOL
      cpu-cfs-quota-period DURATION 100ms
      enable-controller-attach-detach BOOL true
      enable-debugging-handlers BOOL true
      enable-server BOOL true
      event-burst INT32 100
      event-qps INT32 50
      exit-on-lock-contention BOOL
      experimental-mounter-path STRING
      fail-cgroupv1 BOOL true
      fail-swap-on BOOL true
      feature-gates BOOL_MAP
      hairpin-mode STRING promiscuous-bridge
      image-credential-provider-bin-dir STRING
      image-credential-provider-config STRING
      image-service-endpoint STRING
      kube-api-content-type STRING application/vnd.kubernetes.protobuf
      local-storage-capacity-isolation BOOL true
      lock-file STRING
      make-iptables-util-chains BOOL true
      max-open-files INT 1000000
      maximum-dead-containers INT32 -1
      maximum-dead-containers-per-container INT32 1
      minimum-container-ttl-duration DURATION
      pod-cidr STRING
      pod-max-pids INT -1
      pods-per-core INT32
      protect-kernel-defaults BOOL
      provider-id STRING
      read-only-port INT32 10255
      registry-burst INT32 10
      registry-qps INT32 5
      runonce BOOL
      streaming-connection-idle-timeout DURATION 4h0m0s
      tls-cipher-suites STRINGS
      tls-min-version STRING
      volume-plugin-dir STRING /usr/libexec/kubernetes/kubelet-plugins/volume/exec/
      volume-stats-agg-period DURATION 1m0s
      # pods from a URL are not taken
      http-check-frequency DURATION 20s
      manifest-url STRING
      manifest-url-header MULTIMAP
      # the process does not move itself into a control group
      enforce-node-allocatable STRINGS pods
      kube-reserved-cgroup STRING
      kubelet-cgroups STRING
      oom-score-adj INT32 -999
      runtime-cgroups STRING
      system-cgroups STRING
      system-reserved-cgroup STRING
      # there are no resource managers in this kubelet yet
      cpu-manager-policy STRING none
      cpu-manager-policy-options STRING_MAP
      cpu-manager-reconcile-period DURATION 10s
      memory-manager-policy STRING None
      qos-reserved STRING_MAP
      reserved-cpus STRING
      reserved-memory STRING
      topology-manager-policy STRING none
      topology-manager-policy-options STRING_MAP
      topology-manager-scope STRING container
      # there is no cAdvisor in this kubelet
      application-metrics-count-limit INT 100
      boot-id-file STRING /proc/sys/kernel/random/boot_id
      container-hints STRING /etc/cadvisor/container_hints.json
      containerd STRING /run/containerd/containerd.sock
      containerd-namespace STRING k8s.io
      enable-load-reader BOOL
      event-storage-age-limit STRING default=0
      event-storage-event-limit STRING default=0
      global-housekeeping-interval DURATION 1m0s
      housekeeping-interval DURATION 10s
      log-cadvisor-usage BOOL
      machine-id-file STRING /etc/machine-id,/var/lib/dbus/machine-id
      max-housekeeping-interval DURATION 15s
      storage-driver-buffer-duration DURATION 1m0s
      storage-driver-db STRING cadvisor
      storage-driver-host STRING localhost:8086
      storage-driver-password STRING root
      storage-driver-secure BOOL
      storage-driver-table STRING stats
      storage-driver-user STRING root
      """;

  private InertFlags() {}

  static void declare(FlagSection section) {
    String reason = "";
    for (String line : TABLE.lines().toList()) {
      if (line.startsWith("# ")) {
        reason = line.substring(2);
      } else {
        String[] words = line.split(" ", 3);
        declare(section, words[0], words[1], words.length == 3 ? words[2] : "", reason);
      }
    }
  }

  private static void declare(FlagSection section, String name, String type, String absent, String reason) {
    switch (type) {
      case "BOOL" -> section.inert(name, FlagTypes.BOOL, absent.equals("true"), reason);
      case "INT" -> section.inert(name, FlagTypes.INT, number(absent), reason);
      case "INT32" -> section.inert(name, FlagTypes.INT32, number(absent), reason);
      case "DURATION" -> section.inert(name, FlagTypes.DURATION, GoDuration.parse(absent.isEmpty() ? "0s" : absent), reason);
      case "STRINGS" -> section.inert(name, FlagTypes.STRINGS, absent.isEmpty() ? List.of() : List.of(absent), reason);
      case "STRING_MAP" -> section.inert(name, FlagTypes.STRING_MAP, Map.of(), reason);
      case "BOOL_MAP" -> section.inert(name, FlagTypes.BOOL_MAP, Map.of(), reason);
      case "MULTIMAP" -> section.inert(name, FlagTypes.MULTIMAP, Map.of(), reason);
      default -> section.inert(name, FlagTypes.STRING, absent, reason);
    }
  }

  private static int number(String text) {
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }
}
