package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.List;

/**
 * What a component asks of its client.
 *
 * @param component the native name, which becomes the user agent and, in one process with the API server, the identity
 * @param kubeconfig the file that says where and who; empty means the service account of the pod
 * @param master overrides the server's address in the kubeconfig; empty means not
 * @param qps how many requests per second on average; zero or less does not bound them
 * @param burst how many requests at once beyond the average
 * @param interceptors see every request before it leaves; one that throws keeps it back
 */
public record ClientSettings(String component, String kubeconfig, String master, double qps, int burst, List<Interceptor> interceptors) {
  public ClientSettings {
    interceptors = List.copyOf(interceptors);
  }

  /** Settings without interceptors. */
  public ClientSettings(String component, String kubeconfig, String master, double qps, int burst) {
    this(component, kubeconfig, master, qps, burst, List.of());
  }

  public static ClientSettings of(String component, String kubeconfig) {
    return new ClientSettings(component, kubeconfig, "", 0, 0);
  }

  /** These settings with one interceptor only. */
  public ClientSettings with(Interceptor interceptor) {
    return new ClientSettings(component, kubeconfig, master, qps, burst, List.of(interceptor));
  }

  /** Gives an HTTP client the interceptors. */
  public void intercept(HttpClient.Builder http) {
    for (int i = 0; i < interceptors.size(); i++) {
      http.addOrReplaceInterceptor("component-" + i, interceptors.get(i));
    }
  }
}
