package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Clients of one component that use one HTTP client for each way to the server: its threads, its connections and their handshakes are there
 * once, however many clients there are. Who a request is from, its user agent, its rate and its interceptors remain each client's own.
 */
final class SharedConnections implements ClientSource {
  private final KubeconfigClients clients;
  private final Map<Way, HttpClient> ways = new HashMap<>(); // guarded by this

  SharedConnections(KubeconfigClients clients) {
    this.clients = clients;
  }

  /** @param anonymous without the kubeconfig's client certificate */
  private record Way(String kubeconfig, String master, boolean anonymous) {}

  @Override
  public KubernetesClient open(ClientSettings settings) {
    return derived(settings, KubeconfigClients.config(settings), false);
  }

  @Override
  public KubernetesClient openAs(ClientSettings settings, Supplier<String> token) {
    return derived(settings, KubeconfigClients.configAs(settings, token), true);
  }

  @Override
  public ClientSource sharing() {
    return this;
  }

  private KubernetesClient derived(ClientSettings settings, Config config, boolean anonymous) {
    HttpClient shared = shared(new Way(settings.kubeconfig(), settings.master(), anonymous), config);
    return clients.build(settings, config, builder -> builder.withHttpClientFactory(new Derived(shared)));
  }

  private synchronized HttpClient shared(Way way, Config config) {
    HttpClient known = ways.get(way);
    if (known == null || known.isClosed()) {
      known = KubeconfigClients.connect(config);
      ways.put(way, known);
    }
    return known;
  }

  /** Makes clients of one that is there already; only what changes requests is theirs. */
  private record Derived(HttpClient shared) implements HttpClient.Factory {
    @Override
    public HttpClient.Builder newBuilder(Config config) {
      HttpClient.Builder builder = newBuilder();
      builder.tag(config.getRequestConfig());
      HttpClientUtils.createApplicableInterceptors(config, this).forEach(builder::addOrReplaceInterceptor);
      return builder;
    }

    @Override
    public HttpClient.Builder newBuilder() {
      return (HttpClient.Builder) shared.newBuilder(); // every client of Fabric8's derives so
    }
  }
}
