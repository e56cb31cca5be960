package io.kubrig.standalone;

import io.kubrig.machinery.component.StartException;
import io.kubrig.standalone.kubeadm.JoinConfiguration;
import io.kubrig.standalone.kubeadm.JoinConfiguration.FoundBy;
import io.kubrig.standalone.kubeadm.KubeadmFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kubrig join}: makes this machine a node of a cluster, with kubeadm's flags. */
@Command(name = "join", description = "Makes this machine a node of a cluster that 'kubrig init' made, and returns when it is one. "
    + "Flags and files are kubeadm's.")
final class JoinCommand implements Callable<Integer> {
  @Mixin private DataDirectoryOption data;

  @Mixin private NodeOptions node;

  @Parameters(arity = "0..1", paramLabel = "HOST:PORT", description = "The API server.")
  private String endpoint;

  @Option(names = "--token", description = "The token for both finding the cluster and asking for a certificate.")
  private String token;

  @Option(names = "--discovery-token", paramLabel = "TOKEN", description = "The token that what the API server says has to be signed with.")
  private String discoveryToken;

  @Option(names = "--tls-bootstrap-token", paramLabel = "TOKEN", description = "The token to ask for a certificate with.")
  private String tlsBootstrapToken;

  @Option(names = "--discovery-token-ca-cert-hash", paramLabel = "sha256:HASH", split = ",",
      description = "The cluster's authority is one with this public key; may be said more than once.")
  private List<String> hashes = new ArrayList<>();

  @Option(names = "--discovery-token-unsafe-skip-ca-verification", description = "Believes any authority that is signed with the token.")
  private boolean trusting;

  @Option(names = "--discovery-file", paramLabel = "FILE",
      description = "A kubeconfig that says where the cluster is and who vouches for it.")
  private String file;

  @Option(names = "--control-plane", hidden = true)
  private boolean controlPlane;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (controlPlane) {
      throw new StartException("--control-plane: a cluster has one control plane here; leave the flag out to join as a worker node");
    }
    DataDirectory directory = data.directory();
    JoinConfiguration join = configuration(new Remembered(directory).join());
    join.check();
    new JoinPhases(directory, join).run();
    return 0;
  }

  private JoinConfiguration configuration(JoinConfiguration absent) {
    if (node.isFromFile()) {
      node.checkMixed(spec);
      KubeadmFile said = node.file();
      JoinConfiguration found = JoinConfiguration.of(said, absent);
      said.finish();
      NodeOptions.tellIgnored(said);
      return new JoinConfiguration(found.discovery(), found.tlsBootstrapToken(), found.caCertPath(), node.over(found.node()),
          found.timeouts());
    }
    String both = or(token, "");
    FoundBy discovery = new FoundBy(or(endpoint, ""), file == null ? or(discoveryToken, both) : or(discoveryToken, ""), hashes, trusting,
        or(file, ""));
    return new JoinConfiguration(discovery, or(tlsBootstrapToken, both), absent.caCertPath(), node.over(absent.node()), absent.timeouts());
  }

  private static String or(String given, String absent) {
    return given == null ? absent : given;
  }
}
