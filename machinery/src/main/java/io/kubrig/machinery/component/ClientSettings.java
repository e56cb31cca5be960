package io.kubrig.machinery.component;

/**
 * What a component asks of its client.
 *
 * @param component the native name, which becomes the user agent and, in one process with the API server, the identity
 * @param kubeconfig the file that says where and who; empty means the service account of the pod
 * @param master overrides the server's address in the kubeconfig; empty means not
 * @param qps how many requests per second on average; zero or less does not bound them
 * @param burst how many requests at once beyond the average
 */
public record ClientSettings(String component, String kubeconfig, String master, double qps, int burst) {

  public static ClientSettings of(String component, String kubeconfig) {
    return new ClientSettings(component, kubeconfig, "", 0, 0);
  }
}
