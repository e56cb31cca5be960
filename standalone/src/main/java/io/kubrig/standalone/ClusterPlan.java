package io.kubrig.standalone;

import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.ClusterPki;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of every component of a cluster, in native flags, and the users of its kubeconfigs: a pure function of the settings.
 *
 * <p>The status ports of scheduler and controller manager are served on their native numbers when the API is on its native port; a second
 * cluster on the same machine has another API port and serves none, so that clusters never fight over ports.
 */
final class ClusterPlan {
  private static final String LOOPBACK = "127.0.0.1";
  private static final InetAddress LOOPBACK_ADDRESS = InetAddress.ofLiteral(LOOPBACK);

  private final ClusterSettings settings;

  ClusterPlan(ClusterSettings settings) {
    this.settings = settings;
  }

  /** A kubeconfig and whom it is for. */
  record User(String file, String name, CertificateSpec certificate) {}

  List<User> users() {
    List<User> users = new ArrayList<>();
    users.add(new User("admin", "kubernetes-admin", CertificateSpec.client("kubernetes-admin", "system:masters")));
    users.add(user("controller-manager", "system:kube-controller-manager"));
    users.add(user("scheduler", "system:kube-scheduler"));
    users.add(user("proxy", "system:kube-proxy"));
    users.add(user("dns", ClusterDns.USER));
    if (settings.node() instanceof NodeMode.Containerd) {
      String node = "system:node:" + settings.nodeName();
      users.add(new User("kubelet", node, CertificateSpec.client(node, "system:nodes")));
    }
    return users;
  }

  private static User user(String file, String name) {
    return new User(file, name, CertificateSpec.client(name));
  }

  List<String> serverNames() {
    return ClusterPki.serverNames(settings.nodeName(), ClusterSettings.CLUSTER_DOMAIN);
  }

  List<InetAddress> serverAddresses() {
    return List.of(ClusterSettings.KUBERNETES_SERVICE, settings.address(), LOOPBACK_ADDRESS);
  }

  List<String> apiServer() {
    return List.of(
        "--storage=" + settings.storage(),
        "--data-dir=" + settings.directory().storage(),
        "--secure-port=" + settings.securePort(),
        "--advertise-address=" + settings.address().getHostAddress(),
        "--service-cluster-ip-range=" + ClusterSettings.SERVICE_RANGE,
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
        "--service-account-issuer=https://kubernetes.default.svc." + ClusterSettings.CLUSTER_DOMAIN,
        "--service-account-key-file=" + pki("sa.pub"),
        "--service-account-signing-key-file=" + pki("sa.key"),
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true");
  }

  List<String> controllerManager() {
    String kubeconfig = kubeconfig("controller-manager");
    return List.of(
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--client-ca-file=" + pki("ca.crt"),
        "--bind-address=" + LOOPBACK,
        "--secure-port=" + statusPort(10257),
        "--leader-elect=false",
        "--allocate-node-cidrs=true",
        "--cluster-cidr=" + ClusterSettings.POD_RANGE,
        "--service-cluster-ip-range=" + ClusterSettings.SERVICE_RANGE,
        "--cluster-signing-cert-file=" + pki("ca.crt"),
        "--cluster-signing-key-file=" + pki("ca.key"),
        "--root-ca-file=" + pki("ca.crt"),
        "--service-account-private-key-file=" + pki("sa.key"),
        "--use-service-account-credentials=true");
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
        "--cluster-cidr=" + ClusterSettings.POD_RANGE,
        "--hostname-override=" + settings.nodeName());
  }

  /** The DNS server listens beside the host's own resolver, on a port of its own; pods reach it through the Service at port 53. */
  List<String> dns() {
    return List.of(
        "--kubeconfig=" + kubeconfig("dns"),
        "--bind-address=" + settings.address().getHostAddress(),
        "--port=" + dnsPort(),
        "--cluster-domain=" + ClusterSettings.CLUSTER_DOMAIN,
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
    return List.of(
        "--kubeconfig=" + kubeconfig("kubelet"),
        "--config=" + settings.directory().kubeletConfig(),
        "--container-runtime-endpoint=" + endpoint,
        "--cgroup-root=" + cgroupRoot,
        "--root-dir=" + settings.directory().node().resolve("kubelet"),
        "--client-ca-file=" + pki("ca.crt"),
        "--hostname-override=" + settings.nodeName(),
        "--node-ip=" + settings.address().getHostAddress(),
        "--cluster-dns=" + ClusterSettings.CLUSTER_DNS,
        "--cluster-domain=" + ClusterSettings.CLUSTER_DOMAIN,
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
  private int kubeletPort() {
    int port = settings.securePort() == ClusterSettings.DEFAULT_PORT ? 10250 : settings.securePort() + 1;
    return port > 65535 ? settings.securePort() - 1 : port;
  }

  private int statusPort(int port) {
    return settings.securePort() == ClusterSettings.DEFAULT_PORT ? port : 0;
  }

  private String pki(String file) {
    return settings.directory().pki().resolve(file).toString();
  }

  private String kubeconfig(String component) {
    return settings.directory().kubeconfig(component).toString();
  }
}
