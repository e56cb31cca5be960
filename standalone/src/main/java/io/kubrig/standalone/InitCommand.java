package io.kubrig.standalone;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.KubernetesVersion;
import io.kubrig.machinery.component.StartException;
import io.kubrig.standalone.kubeadm.ClusterConfiguration;
import io.kubrig.standalone.kubeadm.InitConfiguration;
import io.kubrig.standalone.kubeadm.KubeadmFile;
import io.kubrig.standalone.kubeadm.Networking;
import io.kubrig.standalone.kubeadm.NodeRegistration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kubrig init}: makes this machine the first of a cluster that others can join, with kubeadm's flags. */
@Command(name = "init", description = "Makes this machine the control plane of a cluster that other machines can join, and returns when it "
    + "is ready. Flags and files are kubeadm's.")
final class InitCommand implements Callable<Integer> {
  @Mixin private DataDirectoryOption data;

  @Mixin private NodeOptions node;

  @Option(names = "--apiserver-advertise-address", paramLabel = "ADDRESS",
      description = "The address by which others reach the API server (default: that of the way to everywhere else).")
  private String advertiseAddress;

  @Option(names = "--apiserver-bind-port", paramLabel = "PORT", description = "The API server's port (default: 6443).")
  private Integer bindPort;

  @Option(names = "--apiserver-cert-extra-sans", paramLabel = "NAMES", split = ",",
      description = "More names and addresses that the API server's certificate is good for.")
  private List<String> certSans;

  @Option(names = "--cert-dir", paramLabel = "DIR", description = "Where keys and certificates are (default: pki in the data directory).")
  private Path certDir;

  @Option(names = "--control-plane-endpoint", paramLabel = "HOST[:PORT]", description = "A lasting name or address of the control plane.")
  private String controlPlaneEndpoint;

  @Option(names = "--kubernetes-version", paramLabel = "VERSION", defaultValue = KubernetesVersion.GIT_VERSION,
      description = "Only ${DEFAULT-VALUE} is built in.")
  private String version;

  @Option(names = "--pod-network-cidr", paramLabel = "RANGE", description = "Where pods get their addresses (default: 10.244.0.0/16).")
  private String podSubnet;

  @Option(names = "--service-cidr", paramLabel = "RANGE", description = "Where Services get theirs (default: 10.96.0.0/12).")
  private String serviceSubnet;

  @Option(names = "--service-dns-domain", paramLabel = "DOMAIN", description = "The domain of Services (default: cluster.local).")
  private String dnsDomain;

  @Option(names = "--token", description = "The token by which others join, [a-z0-9]{6}.[a-z0-9]{16}; without it a new one.")
  private String token;

  @Option(names = "--token-ttl", paramLabel = "DURATION", defaultValue = "24h0m0s",
      description = "How long the token lives; 0 for ever (default: ${DEFAULT-VALUE}).")
  private String ttl;

  @Option(names = "--skip-token-print", description = "Does not print the token.")
  private boolean skipTokenPrint;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException, IOException {
    DataDirectory directory = data.directory();
    ClusterConfiguration.checkVersion(version);
    InitConfiguration configuration = configuration(new Remembered(directory));
    if (configuration.tokens().isEmpty()) {
      configuration = configuration.with(TokenOptions.forNodes(token, ttl, Clock.system()));
    }
    new InitPhases(directory, configuration, skipTokenPrint).run();
    return 0;
  }

  private InitConfiguration configuration(Remembered standard) {
    if (node.isFromFile()) {
      node.checkMixed(spec);
      KubeadmFile file = node.file();
      if (file.isOfJoin()) {
        throw new StartException("--config names a JoinConfiguration: it is for 'kubrig join'");
      }
      InitConfiguration found = standard.init(file);
      NodeOptions.tellIgnored(file);
      return found;
    }
    InitConfiguration absent = standard.init();
    ClusterConfiguration cluster = absent.cluster();
    Networking network = cluster.networking();
    NodeRegistration registration = node.over(absent.node());
    return new InitConfiguration(
        advertiseAddress == null ? absent.advertiseAddress() : InitConfiguration.address(advertiseAddress),
        bindPort == null ? absent.bindPort() : bindPort,
        List.of(),
        registration,
        new ClusterConfiguration(
            certDir == null ? cluster.certificatesDir() : certDir.toAbsolutePath().normalize(),
            cluster.dataDir(),
            or(controlPlaneEndpoint, ""),
            certSans == null ? List.of() : certSans,
            new Networking(or(serviceSubnet, network.serviceSubnet()), or(podSubnet, network.podSubnet()),
                or(dnsDomain, network.dnsDomain()))));
  }

  private static String or(String given, String absent) {
    return given == null ? absent : given;
  }
}
