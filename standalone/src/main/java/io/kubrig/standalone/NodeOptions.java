package io.kubrig.standalone;

import io.kubrig.machinery.component.StartException;
import io.kubrig.standalone.kubeadm.KubeadmFile;
import io.kubrig.standalone.kubeadm.NodeRegistration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options of {@code init} and {@code join} about the machine itself. */
final class NodeOptions {
  /** What may be said beside a file. */
  private static final List<String> BESIDE_FILE =
      List.of("--config", "--data-dir", "--node-name", "--cri-socket", "--ignore-preflight-errors", "--skip-token-print");

  @Option(names = "--config", paramLabel = "FILE", description = "A file of kubeadm.k8s.io/v1beta4 that says everything.")
  private Path config;

  @Option(names = "--node-name", paramLabel = "NAME", description = "The node's name (default: the machine's).")
  private String name;

  @Option(names = "--cri-socket", paramLabel = "SOCKET",
      description = "The container runtime to use, unix:///run/containerd/containerd.sock for instance, with a pod network of its own. "
          + "Without it a containerd of this node's own is started, with a network.")
  private String criSocket;

  @Option(names = "--ignore-preflight-errors", paramLabel = "CHECKS", split = ",",
      description = "Checks whose failure is only told, such as Port-10250,Mem; 'all' for every one.")
  private List<String> ignore = new ArrayList<>();

  boolean isFromFile() {
    return config != null;
  }

  KubeadmFile file() {
    return KubeadmFile.read(config);
  }

  /** @throws StartException when something is said beside a file that the file says */
  void checkMixed(CommandSpec spec) {
    List<String> mixed = new ArrayList<>(spec.commandLine().getParseResult().matchedOptions().stream().map(OptionSpec::longestName)
        .filter(option -> !BESIDE_FILE.contains(option)).map(option -> option.substring(2)).toList());
    spec.commandLine().getParseResult().matchedPositionals().forEach(positional -> mixed.add(positional.paramLabel()));
    if (!mixed.isEmpty()) {
      throw new StartException("can not mix '--config' with arguments " + mixed);
    }
  }

  /** Says which fields of a file mean nothing here. */
  static void tellIgnored(KubeadmFile file) {
    if (!file.ignored().isEmpty()) {
      System.err.println("\t[WARNING Config]: these fields have no effect: " + String.join(", ", file.ignored()));
    }
  }

  /** What is said here, the rest as it was. */
  NodeRegistration over(NodeRegistration absent) {
    return new NodeRegistration(name == null ? absent.name() : name, criSocket == null ? absent.criSocket() : criSocket, absent.taints(),
        ignore.isEmpty() ? absent.ignorePreflightErrors() : ignore);
  }
}
