package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.kubrig.machinery.models.ModelSerialization;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a component asks of its client.
 *
 * @param component the native name, which becomes the user agent and, in one process with the API server, the identity
 * @param kubeconfig the file that says where and who; empty means the service account of the pod
 * @param master overrides the server's address in the kubeconfig; empty means not
 * @param qps how many requests per second on average; zero or less does not bound them
 * @param burst how many requests at once beyond the average
 * @param interceptors see every request before it leaves; one that throws keeps it back
 * @param clientKey the file of the client certificate and its key, instead of those of the kubeconfig, read again when it changes; empty
 *     means those of the kubeconfig
 * @param forCaches what is read is kept and never changed, so that objects may share what they have alike
 */
public record ClientSettings(
    String component, String kubeconfig, String master, double qps, int burst, List<Interceptor> interceptors, String clientKey,
    boolean forCaches) {
  public ClientSettings {
    interceptors = List.copyOf(interceptors);
  }

  /** Settings without interceptors. */
  public ClientSettings(String component, String kubeconfig, String master, double qps, int burst) {
    this(component, kubeconfig, master, qps, burst, List.of(), "", false);
  }

  public static ClientSettings of(String component, String kubeconfig) {
    return new ClientSettings(component, kubeconfig, "", 0, 0);
  }

  /** These settings with one more interceptor, which sees requests after the others. */
  public ClientSettings with(Interceptor interceptor) {
    List<Interceptor> more = Stream.concat(interceptors.stream(), Stream.of(interceptor)).toList();
    return new ClientSettings(component, kubeconfig, master, qps, burst, more, clientKey, forCaches);
  }

  /** These settings for a client whose objects are kept and never changed. */
  public ClientSettings caching() {
    return new ClientSettings(component, kubeconfig, master, qps, burst, interceptors, clientKey, true);
  }

  /** These settings with the client certificate and key of a file. */
  public ClientSettings withClientKey(String file) {
    return new ClientSettings(component, kubeconfig, master, qps, burst, interceptors, file, forCaches);
  }

  /** How the client reads objects. Components need no managed fields, see {@link ModelSerialization#trimmed}. */
  public static final class Models {
    private final ModelSerialization trimmed = ModelSerialization.trimmed();
    private final ModelSerialization shared = ModelSerialization.shared();

    /** The way that a client's settings ask for. */
    public ModelSerialization of(ClientSettings settings) {
      return settings.forCaches ? shared : trimmed;
    }
  }

  /** Gives an HTTP client the interceptors. */
  public void intercept(HttpClient.Builder http) {
    for (int i = 0; i < interceptors.size(); i++) {
      http.addOrReplaceInterceptor("component-" + i, interceptors.get(i));
    }
  }
}
