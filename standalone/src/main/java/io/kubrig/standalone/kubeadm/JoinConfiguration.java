package io.kubrig.standalone.kubeadm;

import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.config.ConfigFields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a machine joins a cluster: {@code JoinConfiguration} of {@code kubeadm.k8s.io/v1beta4}.
 *
 * @param caCertPath where the cluster's authority is written
 * @param timeouts how long to wait for what
 */
public record JoinConfiguration(FoundBy discovery, String tlsBootstrapToken, Path caCertPath, NodeRegistration node, Timeouts timeouts) {

  /**
   * How the cluster is found.
   *
   * @param endpoint {@code host:port}, with a token
   * @param token empty with a file
   * @param hashes of authorities that are trusted
   * @param trusting whether any authority is, when no hash is given
   * @param file a kubeconfig, instead of all this; empty for none
   */
  public record FoundBy(String endpoint, String token, List<String> hashes, boolean trusting, String file) {
    public FoundBy {
      hashes = List.copyOf(hashes);
    }
  }

  /** How long to wait: for the cluster to be found, and for the kubelet's first certificate. */
  public record Timeouts(Duration discovery, Duration tlsBootstrap) {
    /** kubeadm's. */
    public static final Timeouts STANDARD = new Timeouts(Duration.ofMinutes(5), Duration.ofMinutes(5));
  }

  /** What a file says. @param absent what is taken where it says nothing */
  public static JoinConfiguration of(KubeadmFile file, JoinConfiguration absent) {
    ConfigFields fields = file.document(KubeadmFile.JOIN)
        .orElseThrow(() -> new StartException("no JoinConfiguration in the file named by --config"));
    ConfigFields discovery = fields.fields("discovery");
    ConfigFields token = discovery.fields("bootstrapToken");
    ConfigFields timeouts = fields.fields("timeouts");
    if (fields.has("controlPlane")) {
      throw fields.invalid("controlPlane", "joining as another control plane is not possible");
    }
    file.ignore(fields, "", "dryRun", "skipPhases", "patches");
    file.ignore(timeouts, "timeouts.", "controlPlaneComponentHealthCheck", "kubeletHealthCheck", "kubernetesAPICall", "etcdAPICall",
        "upgradeManifests");
    FoundBy found = new FoundBy(token.text("apiServerEndpoint", ""), token.text("token", ""), token.texts("caCertHashes", List.of()),
        token.bool("unsafeSkipCAVerification", false), discovery.fields("file").text("kubeConfigPath", ""));
    return new JoinConfiguration(
        found,
        discovery.text("tlsBootstrapToken", found.token),
        Path.of(fields.text("caCertPath", absent.caCertPath.toString())),
        NodeRegistration.of(file, fields.fields("nodeRegistration"), absent.node),
        new Timeouts(timeouts.duration("discovery", absent.timeouts.discovery),
            timeouts.duration("tlsBootstrap", absent.timeouts.tlsBootstrap)));
  }

  /** @throws StartException when the cluster could not be found this way; the message names the flag */
  public void check() {
    boolean byToken = !discovery.token.isEmpty() || !discovery.endpoint.isEmpty();
    if (!byToken && discovery.file.isEmpty()) {
      throw new StartException("discovery: Invalid value: \"\": bootstrapToken or file must be set: say 'kubrig join HOST:PORT --token ... "
          + "--discovery-token-ca-cert-hash ...' or '--discovery-file ...'");
    }
    if (byToken && !discovery.file.isEmpty()) {
      throw new StartException("discovery: Invalid value: \"\": bootstrapToken and file cannot both be set: say either --discovery-file "
          + "or HOST:PORT with --token");
    }
    if (byToken) {
      checkToken();
    }
    if (!tlsBootstrapToken.isEmpty()) {
      token("discovery.tlsBootstrapToken", tlsBootstrapToken, "--tls-bootstrap-token");
    }
  }

  private void checkToken() {
    if (discovery.endpoint.isEmpty()) {
      throw new StartException("discovery.bootstrapToken: Required value: APIServerEndpoint is not set: name it, HOST:PORT, as in the join "
          + "command that 'kubrig init' printed");
    }
    if (!discovery.endpoint.matches(".+:\\d{1,5}")) {
      throw new StartException("discovery.bootstrapToken.apiServerEndpoint: Invalid value: \"" + discovery.endpoint + "\": address "
          + discovery.endpoint + ": missing port in address");
    }
    if (discovery.hashes.isEmpty() && !discovery.trusting) {
      throw new StartException("discovery.bootstrapToken.caCertHashes: Invalid value: \"\": using token-based discovery without "
          + "caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass "
          + "--discovery-token-unsafe-skip-ca-verification flag to continue");
    }
    PublicKeyPins.of(discovery.hashes);
    token("discovery.bootstrapToken.token", discovery.token, "--token");
    token("discovery.tlsBootstrapToken", tlsBootstrapToken, "--tls-bootstrap-token");
  }

  private static void token(String field, String token, String flag) {
    if (!token.matches(BootstrapToken.PATTERN)) {
      throw new StartException(field + ": Invalid value: \"" + token + "\": the bootstrap token is invalid (" + flag
          + "; 'kubrig token create' on the control-plane node makes one)");
    }
  }

  /** As a file from which the machine is started again, with the cluster's configuration and without the token. */
  public String yaml(ClusterConfiguration cluster) {
    return cluster.yaml() + """
        ---
        apiVersion: kubeadm.k8s.io/v1beta4
        caCertPath: %s
        kind: JoinConfiguration
        %s""".formatted(caCertPath, node.yaml());
  }
}
