package io.kubrig.standalone;

import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.ClusterPki;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command line of every component of a cluster, in native flags, and the users of its kubeconfigs: a pure function of the settings.
 *
 * <p>The status ports of scheduler and controller manager are served on their native numbers when the API is on its native port; a second
 * cluster on the same machine has another API port and serves none, so that clusters never fight over ports.
 */
final class ClusterPlan {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String ADMINISTRATORS = "kubeadm:cluster-admins";
  private static final InetAddress LOOPBACK_ADDRESS = InetAddress.ofLiteral(LOOPBACK);

  /** How many objects of a collection are deleted at once: they share the storage's writes to disk, for each of which one alone waits. */
  private static final int DELETION_WORKERS = 16;

  private final ClusterSettings settings;

  ClusterPlan(ClusterSettings settings) {
    this.settings = settings;
  }

  /** A kubeconfig, whom it is for and where it leads to. */
  record User(String file, String name, CertificateSpec certificate, String server) {}

  List<User> users() {
    List<User> users = new ArrayList<>();
    String administrators = settings.joinable() ? ADMINISTRATORS : "system:masters";
    users.add(new User("admin", "kubernetes-admin", CertificateSpec.client("kubernetes-admin", administrators), settings.publicServer()));
    users.add(user("controller-manager", "system:kube-controller-manager"));
    users.add(user("scheduler", "system:kube-scheduler"));
    users.add(user("proxy", "system:kube-proxy"));
    users.add(user("dns", ClusterDns.USER));
    if (settings.node() instanceof NodeMode.Containerd && !settings.joinable()) { // which begins with one and renews it itself
      users.add(kubelet());
    }
    return users;
  }

  /** The one who may do everything before anybody is bound to a role, where others may join. */
  User superAdmin() {
    CertificateSpec certificate = CertificateSpec.client("kubernetes-super-admin", "system:masters");
    return new User("super-admin", "kubernetes-super-admin", certificate, settings.publicServer());
  }

  User kubelet() {
    String node = "system:node:" + settings.nodeName();
    return new User("kubelet", node, CertificateSpec.client(node, "system:nodes"), settings.server());
  }

  private User user(String file, String name) {
    return new User(file, name, CertificateSpec.client(name), settings.server());
  }

  List<String> serverNames() {
    List<String> names = new ArrayList<>(ClusterPki.serverNames(settings.nodeName(), settings.networking().dnsDomain()));
    extraNames().filter(name -> !isAddress(name)).forEach(names::add);
    return names;
  }

  /** Names and addresses that the configuration asks for. */
  private Stream<String> extraNames() {
    if (!settings.joinable()) {
      return Stream.empty();
    }
    String endpoint = settings.init().cluster().controlPlaneEndpoint().replaceAll(":\\d+$", "");
    return Stream.concat(settings.init().cluster().certSans().stream(), endpoint.isEmpty() ? Stream.empty() : Stream.of(endpoint));
  }

  private static boolean isAddress(String name) {
    return name.matches("[0-9.]+") || name.contains(":");
  }

  List<InetAddress> serverAddresses() {
    List<InetAddress> addresses = new ArrayList<>();
    addresses.add(settings.networking().kubernetesService());
    addresses.add(settings.address());
    addresses.add(LOOPBACK_ADDRESS);
    extraNames().filter(ClusterPlan::isAddress).map(InetAddress::ofLiteral).forEach(addresses::add);
    return addresses;
  }

  List<String> apiServer() {
    return List.of(
        "--storage=" + settings.storage(),
        "--data-dir=" + settings.storageDirectory(),
        "--secure-port=" + settings.securePort(),
        "--advertise-address=" + settings.address().getHostAddress(),
        "--service-cluster-ip-range=" + settings.networking().serviceSubnet(),
        "--delete-collection-workers=" + DELETION_WORKERS,
        "--tls-cert-file=" + pki("apiserver.crt"),
        "--tls-private-key-file=" + pki("apiserver.key"),
        "--client-ca-file=" + pki("ca.crt"),
        "--kubelet-client-certificate=" + pki("apiserver-kubelet-client.crt"),
        "--kubelet-client-key=" + pki("apiserver-kubelet-client.key"),
        "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
        "--proxy-client-cert-file=" + pki("front-proxy-client.crt"),
        "--proxy-client-key-file=" + pki("front-proxy-client.key"),
        "--requestheader-client-ca-file=" + pki("front-proxy-ca.crt"),
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-username-headers=X-Remote-User",
        "--service-account-issuer=https://kubernetes.default.svc." + settings.networking().dnsDomain(),
        "--service-account-key-file=" + pki("sa.pub"),
        "--service-account-signing-key-file=" + pki("sa.key"),
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--enable-bootstrap-token-auth=" + settings.joinable(),
        "--allow-privileged=true");
  }

  List<String> controllerManager() {
    String kubeconfig = kubeconfig("controller-manager");
    List<String> flags = new ArrayList<>(List.of(
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--client-ca-file=" + pki("ca.crt"),
        "--bind-address=" + LOOPBACK,
        "--secure-port=" + statusPort(10257),
        "--leader-elect=false",
        "--allocate-node-cidrs=true",
        "--cluster-cidr=" + settings.networking().podSubnet(),
        "--service-cluster-ip-range=" + settings.networking().serviceSubnet(),
        "--cluster-signing-cert-file=" + pki("ca.crt"),
        "--cluster-signing-key-file=" + pki("ca.key"),
        "--root-ca-file=" + pki("ca.crt"),
        "--service-account-private-key-file=" + pki("sa.key"),
        "--use-service-account-credentials=true"));
    if (settings.joinable()) { // of the cloud's controllers the one that tells nodes the ways to each other's pods
      flags.add("--controllers=*,bootstrap-signer-controller,token-cleaner-controller,-service-lb-controller,-cloud-node-controller,"
          + "-cloud-node-lifecycle-controller");
      flags.add("--cloud-provider=bare-metal");
      flags.add("--configure-cloud-routes=true");
    }
    return flags;
  }

  List<String> scheduler() {
    String kubeconfig = kubeconfig("scheduler");
    return List.of(
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--bind-address=" + LOOPBACK,
        "--secure-port=" + statusPort(10259),
        "--leader-elect=false");
  }

  List<String> proxy() {
    return List.of(
        "--kubeconfig=" + kubeconfig("proxy"),
        "--proxy-mode=nftables",
        "--cluster-cidr=" + settings.networking().podSubnet(),
        "--hostname-override=" + settings.nodeName(),
        "--node-routes=" + settings.joinable());
  }

  /** The DNS server listens beside the host's own resolver, on a port of its own; pods reach it through the Service at port 53. */
  List<String> dns() {
    return List.of(
        "--kubeconfig=" + kubeconfig("dns"),
        "--bind-address=" + settings.address().getHostAddress(),
        "--port=" + dnsPort(),
        "--cluster-domain=" + settings.networking().dnsDomain(),
        "--status-bind-address=");
  }

  int dnsPort() {
    int port = settings.securePort() == ClusterSettings.DEFAULT_PORT ? 10053 : settings.securePort() + 2;
    return port > 65535 ? settings.securePort() - 2 : port;
  }

  /**
   * @param endpoint of the container runtime
   * @param cgroupRoot below which the pods' control groups are
   */
  List<String> kubelet(String endpoint, String cgroupRoot) {
    if (settings.joinable()) {
      return new NodePlan(settings.directory(), settings.nodeName(), settings.address(), settings.pki().resolve("ca.crt"))
          .kubelet(endpoint, cgroupRoot, kubeletPort(), statusPort(10248));
    }
    return List.of(
        "--kubeconfig=" + kubeconfig("kubelet"),
        "--config=" + settings.directory().kubeletConfig(),
        "--container-runtime-endpoint=" + endpoint,
        "--cgroup-root=" + cgroupRoot,
        "--root-dir=" + settings.directory().node().resolve("kubelet"),
        "--client-ca-file=" + pki("ca.crt"),
        "--hostname-override=" + settings.nodeName(),
        "--node-ip=" + settings.address().getHostAddress(),
        "--cluster-dns=" + settings.networking().clusterDns().getHostAddress(),
        "--cluster-domain=" + settings.networking().dnsDomain(),
        "--port=" + kubeletPort(),
        "--healthz-port=" + statusPort(10248));
  }

  /** What the kubelet takes only from a file. */
  String kubeletConfig() {
    return """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        podLogsDir: %s
        """
        .formatted(settings.directory().node().resolve("logs").resolve("pods"));
  }

  /** The native port for a cluster on the native API port; for others one that follows from theirs. */
  int kubeletPort() {
    int port = settings.securePort() == ClusterSettings.DEFAULT_PORT ? 10250 : settings.securePort() + 1;
    return port > 65535 ? settings.securePort() - 1 : port;
  }

  int statusPort(int port) {
    return settings.securePort() == ClusterSettings.DEFAULT_PORT ? port : 0;
  }

  private String pki(String file) {
    return settings.pki().resolve(file).toString();
  }

  private String kubeconfig(String component) {
    return settings.directory().kubeconfig(component).toString();
  }
}
