package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;
import java.util.concurrent.Executors;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * Makes OkHttp clients for Fabric8 that have a virtual thread for each request and each watch. Requests of one client share one HTTP/2
 * connection; how many are under way is bounded by whoever makes them. docs/adr/0015 says why OkHttp, docs/adr/0016 who speaks TLS.
 */
final class NetworkClients implements HttpClient.Factory {
  @Override
  public HttpClient.Builder newBuilder() {
    return new Made(Config.empty()).newBuilder();
  }

  @Override
  public HttpClient.Builder newBuilder(Config config) {
    return new Made(config).newBuilder(config);
  }

  /** Makes clients of one configuration. */
  private static final class Made extends OkHttpClientFactory {
    private final Config config;

    Made(Config config) {
      this.config = config;
    }

    @Override
    protected OkHttpClient.Builder newOkHttpClientBuilder() {
      Dispatcher dispatcher = new Dispatcher(Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("api-", 0).factory()));
      dispatcher.setMaxRequests(Integer.MAX_VALUE);
      dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
      return new OkHttpClient.Builder().dispatcher(dispatcher);
    }

    /** The last word, after Fabric8 has chosen the runtime's TLS; whose names are checked stays as it has said. */
    @Override
    protected void additionalConfig(OkHttpClient.Builder builder) {
      ClientTls.of(config).ifPresent(tls -> builder.sslSocketFactory(tls.sockets(), tls.trust()));
    }
  }
}
