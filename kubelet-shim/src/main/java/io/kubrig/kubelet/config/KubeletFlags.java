package io.kubrig.kubelet.config;

import io.kubrig.kubelet.config.KubeletConfig.Authentication;
import io.kubrig.kubelet.config.KubeletConfig.Certificates;
import io.kubrig.kubelet.config.KubeletConfig.NodeState;
import io.kubrig.kubelet.config.KubeletConfig.Pods;
import io.kubrig.kubelet.config.KubeletConfig.Runtime;
import io.kubrig.kubelet.config.KubeletConfig.Server;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.logging.LoggingFlags;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The native flags of the kubelet. One that is given overrides the configuration file. */
final class KubeletFlags {
  final FlagSet set = new FlagSet("kubelet", "The kubelet runs the pods that were given to this node, through a container runtime.");

  final Flag<String> configFile;
  final Flag<String> kubeconfig;
  final Flag<String> bootstrapKubeconfig;
  final Flag<String> hostnameOverride;
  final Flag<String> nodeIp;
  final Flag<String> rootDir;
  final Flag<String> certDir;
  final Flag<Map<String, String>> nodeLabels;
  private final Flag<String> endpoint;
  private final Flag<InetAddress> address;
  private final Flag<Integer> port;
  private final Flag<String> certFile;
  private final Flag<String> keyFile;
  private final Flag<String> clientCaFile;
  private final Flag<Boolean> rotateClient;
  private final Flag<Boolean> requestServing;
  private final Flag<Boolean> anonymous;
  private final Flag<Boolean> tokens;
  private final Flag<Duration> tokenTtl;
  private final Flag<String> authorizationMode;
  private final Flag<Duration> allowedTtl;
  private final Flag<Duration> deniedTtl;
  private final Flag<InetAddress> healthAddress;
  private final Flag<Integer> healthPort;
  private final Flag<List<String>> clusterDns;
  private final Flag<String> clusterDomain;
  private final Flag<String> resolvConf;
  private final Flag<String> cgroupRoot;
  private final Flag<String> cgroupDriver;
  private final Flag<Integer> maxPods;
  private final Flag<String> staticPath;
  private final Flag<Boolean> register;
  private final Flag<List<String>> taints;
  private final Flag<Duration> statusFrequency;
  private final Flag<Integer> maxImages;
  private final Flag<Boolean> serializePulls;
  private final Flag<Duration> sync;
  private final Flag<Duration> fileCheck;
  private final Flag<Duration> runtimeTimeout;
  private final Flag<String> logMaxSize;
  private final Flag<Integer> logMaxFiles;
  private final Flag<Boolean> cpuQuota;
  private final Flag<Map<String, String>> systemReserved;
  private final Flag<Map<String, String>> kubeReserved;
  private final Flag<Boolean> seccompDefault;
  private final Flag<Integer> qps;
  private final Flag<Integer> burst;

  KubeletFlags() {
    FlagSection general = set.section("kubelet");
    configFile = general.string("config", "", "The KubeletConfiguration file; flags override it.");
    kubeconfig = general.string("kubeconfig", "", "The kubeconfig of the API server; without it only static pods run.");
    bootstrapKubeconfig = general.string("bootstrap-kubeconfig", "",
        "A kubeconfig by which a client certificate is asked for when the one of --kubeconfig is missing or has ended; --kubeconfig is "
            + "then written.");
    hostnameOverride = general.string("hostname-override", "", "The name of the node, instead of the machine's own.");
    nodeIp = general.string("node-ip", "", "The address of the node; two, separated by a comma, for two families.");
    rootDir = general.string("root-dir", "/var/lib/kubelet", "The directory of the pods' volumes and other files.");
    certDir = general.string("cert-dir", "/var/lib/kubelet/pki",
        "Where the serving certificate is kept that is made for want of --tls-cert-file.");
    nodeLabels = general.stringMap("node-labels", "Labels of the node when it registers, as key=value pairs.");
    endpoint = general.string("container-runtime-endpoint", "unix:///run/containerd/containerd.sock",
        "The socket of the container runtime.");
    register = general.bool("register-node", true, "Whether the node registers itself.");
    taints = general.flag("register-with-taints", FlagTypes.STRINGS, List.of(),
        "Taints of the node when it registers, as key=value:effect.");
    maxPods = general.int32("max-pods", 110, "How many pods may run on the node.");
    staticPath = general.string("pod-manifest-path", "", "A directory of manifests of static pods.");
    clusterDns = general.strings("cluster-dns", List.of(), "The addresses of the cluster's name servers.");
    clusterDomain = general.string("cluster-domain", "", "The domain of the cluster.");
    resolvConf = general.string("resolv-conf", "/etc/resolv.conf", "The resolver configuration that pods inherit.");
    cgroupRoot = general.string("cgroup-root", "", "The control group below which the pods' are made.");
    cgroupDriver = general.string("cgroup-driver", "cgroupfs", "Who makes control groups: cgroupfs or systemd.");
    statusFrequency = general.duration("node-status-update-frequency", Duration.ofSeconds(10), "How often the node's status is computed.");
    maxImages = general.int32("node-status-max-images", 50, "How many images the node's status lists; -1 for all.");
    serializePulls = general.bool("serialize-image-pulls", true, "Whether images are pulled one after another.");
    sync = general.duration("sync-frequency", Duration.ofMinutes(1), "How often a pod is looked at although nothing happened.");
    fileCheck = general.duration("file-check-frequency", Duration.ofSeconds(20), "How often the manifests of static pods are read.");
    runtimeTimeout = general.duration("runtime-request-timeout", Duration.ofMinutes(2), "How long a request to the runtime may take.");
    logMaxSize = general.string("container-log-max-size", "10Mi", "The size at which a container's log is rotated.");
    logMaxFiles = general.int32("container-log-max-files", 5, "How many log files a container may have.");
    cpuQuota = general.bool("cpu-cfs-quota", true, "Whether limits of cpu are enforced by quota.");
    systemReserved = general.stringMap("system-reserved", "What is reserved for the system, as resource=quantity pairs.");
    kubeReserved = general.stringMap("kube-reserved", "What is reserved for Kubernetes, as resource=quantity pairs.");
    seccompDefault = general.bool("seccomp-default", false, "Whether containers get the runtime's seccomp profile by default.");
    qps = general.int32("kube-api-qps", 50, "Requests a second to the API server.");
    burst = general.int32("kube-api-burst", 100, "Requests at once to the API server.");
    FlagSection serving = set.section("serving");
    address = serving.ip("address", "0.0.0.0", "The address to serve on.");
    port = serving.int32("port", 10250, "The port to serve on.");
    certFile = serving.string("tls-cert-file", "", "The serving certificate; without it one is made.");
    keyFile = serving.string("tls-private-key-file", "", "The private key of --tls-cert-file.");
    rotateClient = serving.bool("rotate-certificates", false, "Whether the client certificate is renewed before it ends.");
    requestServing = serving.bool("rotate-server-certificates", false,
        "Whether the serving certificate is asked for at the API server, and renewed before it ends. Somebody has to approve it.");
    clientCaFile = serving.string("client-ca-file", "", "The authorities that vouch for client certificates.");
    anonymous = serving.bool("anonymous-auth", false, "Whether requests without credentials are taken as those of system:anonymous.");
    tokens = serving.bool("authentication-token-webhook", true, "Whether bearer tokens are reviewed by the API server.");
    tokenTtl = serving.duration("authentication-token-webhook-cache-ttl", Duration.ofMinutes(2), "How long reviews of tokens are kept.");
    authorizationMode = serving.string("authorization-mode", "Webhook", "Webhook or AlwaysAllow.");
    allowedTtl = serving.duration("authorization-webhook-cache-authorized-ttl", Duration.ofMinutes(5), "How long permissions are kept.");
    deniedTtl = serving.duration("authorization-webhook-cache-unauthorized-ttl", Duration.ofSeconds(30), "How long refusals are kept.");
    healthAddress = serving.ip("healthz-bind-address", "127.0.0.1", "The address of the health port.");
    healthPort = serving.int32("healthz-port", 10248, "The health port; 0 for none.");
    InertFlags.declare(set.section("without effect"));
    new LoggingFlags(set);
  }

  /** The configuration file that the flags name, or the defaults, overridden by the flags that are given. */
  KubeletConfig config(ParsedFlags given) {
    String file = given.value(configFile);
    KubeletConfig base = file.isEmpty() ? KubeletConfig.defaults() : KubeletConfig.read(Path.of(file));
    Over over = new Over(given);
    return new KubeletConfig(server(base.server(), over), certificates(base.certificates(), over),
        authentication(base.authentication(), over), runtime(base.runtime(), over), pods(base.pods(), over), node(base.node(), over),
        base.ignored());
  }

  /** A flag's value where it is given, the configuration's otherwise. */
  private record Over(ParsedFlags given) {
    <T> T or(Flag<T> flag, T configured) {
      return given.isSet(flag) ? given.value(flag) : configured;
    }

    String address(Flag<InetAddress> flag, String configured) {
      return given.isSet(flag) ? given.value(flag).getHostAddress() : configured;
    }
  }

  private Server server(Server base, Over over) {
    return new Server(
        base.enabled(),
        over.address(address, base.address()),
        over.or(port, base.port()),
        over.or(certFile, base.certFile()),
        over.or(keyFile, base.keyFile()),
        over.address(healthAddress, base.healthAddress()),
        over.or(healthPort, base.healthPort()));
  }

  private Certificates certificates(Certificates base, Over over) {
    return new Certificates(over.or(rotateClient, base.rotateClient()), over.or(requestServing, base.requestServing()));
  }

  private Authentication authentication(Authentication base, Over over) {
    return new Authentication(
        over.or(clientCaFile, base.clientCaFile()),
        over.or(anonymous, base.anonymous()),
        over.or(tokens, base.tokens()),
        over.or(tokenTtl, base.tokenTtl()),
        over.or(authorizationMode, base.authorizationMode()),
        over.or(allowedTtl, base.allowedTtl()),
        over.or(deniedTtl, base.deniedTtl()));
  }

  private Runtime runtime(Runtime base, Over over) {
    boolean serialize = over.or(serializePulls, base.serializePulls());
    return new Runtime(
        over.or(endpoint, base.endpoint()),
        over.or(runtimeTimeout, base.timeout()),
        over.or(cgroupDriver, base.cgroupDriver()),
        over.or(cgroupRoot, base.cgroupRoot()),
        serialize,
        serialize ? 1 : base.parallelPulls());
  }

  private Pods pods(Pods base, Over over) {
    return new Pods(
        base.logsDirectory(),
        over.or(staticPath, base.staticPath()),
        over.or(fileCheck, base.fileCheck()),
        over.or(sync, base.sync()),
        over.or(clusterDns, base.clusterDns()),
        over.or(clusterDomain, base.clusterDomain()),
        over.or(resolvConf, base.resolvConf()),
        over.or(cpuQuota, base.cpuQuota()),
        over.or(seccompDefault, base.seccompDefault()),
        over.or(logMaxSize, base.logMaxSize()),
        over.or(logMaxFiles, base.logMaxFiles()),
        base.logCheck(),
        base.longestRestartWait(),
        base.podCidr());
  }

  private NodeState node(NodeState base, Over over) {
    List<Map<String, String>> allTaints = over.given.isSet(taints) ? parseTaints(over.given.value(taints)) : base.taints();
    return new NodeState(
        over.or(maxPods, base.maxPods()),
        over.or(register, base.register()),
        allTaints,
        over.or(systemReserved, base.systemReserved()),
        over.or(kubeReserved, base.kubeReserved()),
        over.or(maxImages, base.maxImages()),
        over.or(statusFrequency, base.statusFrequency()),
        base.reportFrequency(),
        base.lease(),
        over.given.isSet(qps) ? over.given.value(qps) : base.qps(),
        over.or(burst, base.burst()));
  }

  /** {@code key[=value]:effect} each. */
  private static List<Map<String, String>> parseTaints(List<String> texts) {
    List<Map<String, String>> taints = new ArrayList<>();
    for (String text : texts) {
      int colon = text.lastIndexOf(':');
      if (colon <= 0) {
        throw new IllegalArgumentException("invalid taint spec: " + text);
      }
      String[] pair = text.substring(0, colon).split("=", 2);
      taints.add(Map.of("key", pair[0], "value", pair.length == 2 ? pair[1] : "", "effect", text.substring(colon + 1)));
    }
    return taints;
  }
}
