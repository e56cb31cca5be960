package io.kubrig.proxy;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** kube-proxy's flags, and which field of the configuration each one sets. */
final class ProxyFlags {
  private static final String NO_IPVS = "there is no ipvs mode";

  final FlagSet set = new FlagSet("kube-proxy",
      "The Kubernetes network proxy runs on each node. It reflects services as defined in the Kubernetes API on each node"
      + " and forwards TCP, UDP and SCTP streams to their endpoints.");
  final Flag<String> config;
  final Flag<String> writeConfigTo;
  final Flag<String> master;
  final Flag<String> hostnameOverride;
  final Flag<Boolean> cleanup;
  final Flag<Boolean> initOnly;
  final Flag<Boolean> nodeRoutes;
  private final Map<Flag<?>, List<String>> fields = new LinkedHashMap<>();

  ProxyFlags() {
    FlagSection section = set.section("kube-proxy");
    config = section.string("config", "", "The path to the configuration file.");
    writeConfigTo = section.string("write-config-to", "", "If set, write the default configuration values to this file and exit.");
    master = section.string("master", "", "The address of the Kubernetes API server (overrides any value in kubeconfig).");
    cleanup = section.bool("cleanup", false, "If true cleanup the rules of the proxy and exit.");
    initOnly = section.bool("init-only", false,
        "If true, perform any initialization steps that must be done with full root privileges, and then exit.");
    nodeRoutes = set.section("kubrig").bool("node-routes", false, "Keep this node's routes to the pods of other nodes, as the controller "
        + "manager publishes them with --cloud-provider=bare-metal. All nodes must be neighbours in one network.");
    hostnameOverride = section.string("hostname-override", "",
        "If non-empty, will be used as the name of the Node that kube-proxy is running on.");
    fields.put(hostnameOverride, List.of("hostnameOverride"));
    general(section);
    client(section);
    traffic(section);
    conntrack(section);
    withoutEffect(section);
  }

  private void general(FlagSection section) {
    field(section.flag("proxy-mode", FlagTypes.text("ProxyMode"), "",
        "Which proxy mode to use: nftables, or blank for the best-available one."), "mode");
    field(section.string("bind-address", "0.0.0.0", "Overrides kube-proxy's idea of what its node's primary IP is."), "bindAddress");
    field(section.inert("bind-address-hard-fail", FlagTypes.BOOL, false, "a port that cannot be bound is always an error"),
        "bindAddressHardFail");
    field(section.flag("healthz-bind-address", FlagTypes.IP_PORT, "0.0.0.0:10256",
        "The IP address and port for the health check server, empty to disable."),
        "healthzBindAddress");
    field(section.flag("metrics-bind-address", FlagTypes.IP_PORT, "127.0.0.1:10249",
        "The IP address and port for the metrics server, empty to disable."),
        "metricsBindAddress");
    field(section.inert("config-sync-period", FlagTypes.DURATION, Duration.ofMinutes(15),
        "services and endpoints are watched, not refreshed"), "configSyncPeriod");
    field(section.inert("profiling", FlagTypes.BOOL, false, "there is no Go runtime to profile"), "enableProfiling");
    field(section.inert("oom-score-adj", FlagTypes.INT32, -999, "the process leaves its own OOM score alone"), "oomScoreAdj");
    field(section.inert("feature-gates", FlagTypes.BOOL_MAP, Map.of(), "features are as in 1.36 by default"), "featureGates");
  }

  private void client(FlagSection section) {
    field(section.string("kubeconfig", "", "Path to kubeconfig file with authorization information."), "clientConnection", "kubeconfig");
    field(section.float32("kube-api-qps", 5, "QPS to use while talking with kubernetes apiserver"), "clientConnection", "qps");
    field(section.int32("kube-api-burst", 10, "Burst to use while talking with kubernetes apiserver"), "clientConnection", "burst");
    field(section.inert("kube-api-content-type", FlagTypes.STRING, "application/vnd.kubernetes.protobuf", "requests are sent as JSON"),
        "clientConnection",
        "contentType");
  }

  private void traffic(FlagSection section) {
    field(section.string("cluster-cidr", "", "The CIDR range of the pods in the cluster."), "clusterCIDR");
    field(section.flag("detect-local-mode", FlagTypes.text("LocalMode"), "ClusterCIDR", "Mode to use to detect local traffic."),
        "detectLocalMode");
    field(section.string("pod-bridge-interface", "", "A bridge interface name."), "detectLocal", "bridgeInterface");
    field(section.string("pod-interface-name-prefix", "", "An interface name prefix."), "detectLocal", "interfaceNamePrefix");
    field(section.strings("nodeport-addresses", List.of(),
        "A list of CIDR ranges that contain valid node IPs, or alternatively, the single string 'primary'."),
        "nodePortAddresses");
    field(section.bool("masquerade-all", false, "SNAT all traffic sent via Service cluster IPs."), "nftables", "masqueradeAll");
    field(section.int32("iptables-masquerade-bit", 14, "The bit of the fwmark space to mark packets requiring SNAT with."), "nftables",
        "masqueradeBit");
    field(section.duration("iptables-sync-period", Duration.ofSeconds(30), "An interval of how frequently rules are fully resynced."),
        "nftables", "syncPeriod");
    field(section.duration("iptables-min-sync-period", Duration.ofSeconds(1), "The minimum period between rule resyncs."), "nftables",
        "minSyncPeriod");
  }

  private void conntrack(FlagSection section) {
    field(section.int32("conntrack-max-per-core", 32768,
        "Maximum number of NAT connections to track per CPU core (0 to leave the limit as-is)."), "conntrack",
        "maxPerCore");
    field(section.int32("conntrack-min", 131072, "Minimum number of conntrack entries to allocate, regardless of conntrack-max-per-core."),
        "conntrack", "min");
    field(section.bool("conntrack-tcp-be-liberal", false, "Enable liberal mode for tracking TCP packets."), "conntrack", "tcpBeLiberal");
    field(section.duration("conntrack-tcp-timeout-established", Duration.ofHours(24),
        "Idle timeout for established TCP connections (0 to leave as-is)"), "conntrack",
        "tcpEstablishedTimeout");
    field(section.duration("conntrack-tcp-timeout-close-wait", Duration.ofHours(1),
        "NAT timeout for TCP connections in the CLOSE_WAIT state"), "conntrack",
        "tcpCloseWaitTimeout");
    field(section.duration("conntrack-udp-timeout", Duration.ZERO, "Idle timeout for UNREPLIED UDP connections (0 to leave as-is)"),
        "conntrack", "udpTimeout");
    field(section.duration("conntrack-udp-timeout-stream", Duration.ZERO, "Idle timeout for ASSURED UDP connections (0 to leave as-is)"),
        "conntrack",
        "udpStreamTimeout");
  }

  private static void withoutEffect(FlagSection section) {
    section.inert("boot-id-file", FlagTypes.STRING, "/proc/sys/kernel/random/boot_id", "nothing here reports the boot id");
    section.inert("machine-id-file", FlagTypes.STRING, "/etc/machine-id,/var/lib/dbus/machine-id", "nothing here reports the machine id");
    section.inert("iptables-localhost-nodeports", FlagTypes.BOOL, true, "node ports on loopback exist in iptables mode only");
    section.inert("ipvs-exclude-cidrs", FlagTypes.STRINGS, List.of(), NO_IPVS);
    section.inert("ipvs-scheduler", FlagTypes.STRING, "", NO_IPVS);
    section.inert("ipvs-strict-arp", FlagTypes.BOOL, false, NO_IPVS);
    section.inert("ipvs-min-sync-period", FlagTypes.DURATION, Duration.ofSeconds(1), NO_IPVS);
    section.inert("ipvs-sync-period", FlagTypes.DURATION, Duration.ofSeconds(30), NO_IPVS);
    section.inert("ipvs-tcp-timeout", FlagTypes.DURATION, Duration.ZERO, NO_IPVS);
    section.inert("ipvs-tcpfin-timeout", FlagTypes.DURATION, Duration.ZERO, NO_IPVS);
    section.inert("ipvs-udp-timeout", FlagTypes.DURATION, Duration.ZERO, NO_IPVS);
    section.inert("show-hidden-metrics-for-version", FlagTypes.STRING, "", "no metric is hidden");
    FlagSection logs = section;
    logs.inert("log-flush-frequency", FlagTypes.DURATION, Duration.ofSeconds(5), "every line is flushed");
    logs.inert("log-json-info-buffer-size", FlagTypes.QUANTITY, "0", "every line is flushed");
    logs.inert("log-json-split-stream", FlagTypes.BOOL, false, "logs go to standard error");
    logs.inert("log-text-info-buffer-size", FlagTypes.QUANTITY, "0", "every line is flushed");
    logs.inert("log-text-split-stream", FlagTypes.BOOL, false, "logs go to standard error");
    logs.inert("logging-format", FlagTypes.STRING, "text", "the program that starts the component sets up logging");
    logs.flag("v", FlagTypes.LEVEL, 0, "number for the log level verbosity").shorthand('v');
    logs.inert("vmodule", FlagTypes.text("pattern=N,..."), "", "verbosity is set for the whole program");
  }

  private void field(Flag<?> flag, String... path) {
    fields.put(flag, List.of(path));
  }

  /** Lays the flags that were given over a configuration. */
  void overlay(ParsedFlags given, Tree configuration, Set<Flag<?>> which) {
    fields.forEach((flag, path) -> {
      if (given.isSet(flag) && which.contains(flag)) {
        Tree place = path.size() == 1 ? configuration : configuration.tree(path.getFirst());
        place.set(path.getLast(), plain(given.value(flag)));
      }
    });
  }

  Set<Flag<?>> configurationFlags() {
    return fields.keySet();
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Duration duration -> GoDuration.format(duration);
      case Integer number -> number.longValue();
      case List<?> list -> new ArrayList<Object>(list);
      case Map<?, ?> map -> {
        Tree tree = new Tree();
        map.forEach((key, entry) -> tree.set(key.toString(), entry));
        yield tree;
      }
      default -> value;
    };
  }
}
