package io.kubrig.standalone;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.Environment;
import io.kubrig.standalone.kubeadm.ClusterConfiguration;
import io.kubrig.standalone.kubeadm.InitConfiguration;
import io.kubrig.standalone.kubeadm.JoinConfiguration;
import io.kubrig.standalone.kubeadm.KubeadmFile;
import io.kubrig.standalone.kubeadm.Networking;
import io.kubrig.standalone.kubeadm.NodeRegistration;
import java.util.List;

/**
 * What {@code init} and {@code join} were told, kept in the data directory, so that {@code up} starts the machine as it was.
 *
 * @param directory of the machine
 */
record Remembered(DataDirectory directory) {

  /** What is kept, ready to be started. */
  KeptUp open(Environment environment, Progress progress) {
    KubeadmFile file = KubeadmFile.read(directory.kubeadmConfig());
    if (!file.isOfJoin()) {
      return new Cluster(ClusterSettings.of(directory, InitConfiguration.of(file, init(), environment.clock())), environment, progress);
    }
    JoinConfiguration join = JoinConfiguration.of(file, join());
    ClusterConfiguration cluster = ClusterConfiguration.of(file, cluster());
    NodePlan plan = new NodePlan(directory, join.node().name(), UpCommand.address(), join.caCertPath());
    return new JoinedNode(plan, join.node(), cluster.networking(), environment, progress);
  }

  /** What {@code init} does when it is told nothing. */
  InitConfiguration init() {
    NodeRegistration node = new NodeRegistration(UpCommand.hostName(), "", List.of(InitConfiguration.CONTROL_PLANE), List.of());
    return new InitConfiguration(UpCommand.address(), ClusterSettings.DEFAULT_PORT, List.of(), node, cluster());
  }

  /** What {@code join} does when it is told nothing but where to. */
  JoinConfiguration join() {
    return new JoinConfiguration(new JoinConfiguration.FoundBy("", "", List.of(), false, ""), "", directory.pki().resolve("ca.crt"),
        new NodeRegistration(UpCommand.hostName(), "", List.of(), List.of()), JoinConfiguration.Timeouts.STANDARD);
  }

  private ClusterConfiguration cluster() {
    return new ClusterConfiguration(directory.pki(), directory.storage(), "", List.of(), Networking.STANDARD);
  }

  /** What a file says about {@code init}. */
  InitConfiguration init(KubeadmFile file) {
    return InitConfiguration.of(file, init(), Clock.system());
  }
}
