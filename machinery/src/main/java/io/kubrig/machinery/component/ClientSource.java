package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.KubernetesClient;

/** Where components get their connection to the API: over the network as a kubeconfig says, or from an API server in the same process. */
@FunctionalInterface
public interface ClientSource {

  /**
   * Opens a client for one component; whoever asks closes it.
   *
   * @throws StartException when there is no such kubeconfig or it cannot be used
   */
  KubernetesClient open(ClientSettings settings);
}
