package io.kubrig.standalone;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.kubelet.containerd.LocalRuntime;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.standalone.kubeadm.Networking;
import io.kubrig.standalone.kubeadm.NodeRegistration;

/** A machine that joined a cluster: its container runtime, its kubelet and its service proxy in this process. */
final class JoinedNode implements KeptUp {
  private final NodePlan plan;
  private final NodeRegistration registration;
  private final Networking networking;
  private final Environment environment;
  private final Progress progress;
  private final Parts parts;
  private final ClientSource clients = new KubeconfigClients();

  JoinedNode(NodePlan plan, NodeRegistration registration, Networking networking, Environment environment, Progress progress) {
    this.plan = plan;
    this.registration = registration;
    this.networking = networking;
    this.environment = environment;
    this.progress = progress;
    this.parts = new Parts(environment, progress);
  }

  @Override
  public void start() throws InterruptedException {
    if (!registration.criSocket().isEmpty()) {
      parts.start(Components.KUBELET, plan.joiningKubelet(registration.criSocket(), ""), clients);
    } else {
      progress.begins("Starting containerd");
      LocalRuntime runtime = parts.keep(new LocalRuntime(plan.directory().node(), environment.clock()));
      runtime.start();
      runtime.awaitImage();
      progress.done("containerd runs");
      parts.start(Components.KUBELET, plan.joiningKubelet(runtime.endpoint(), runtime.cgroupRoot()), clients);
      runtime.followPodCidr(client(), plan.name()); // which can be asked only now that the kubelet has a certificate
    }
    parts.start(Components.PROXY, plan.proxy(networking), clients);
  }

  private KubernetesClient client() {
    return parts.keep(clients.open(ClientSettings.of("kubrig", plan.kubeconfig().toString())));
  }

  @Override
  public void close() {
    parts.close();
  }
}
