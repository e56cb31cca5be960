package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * Makes OkHttp clients for Fabric8 that have a virtual thread for each request and each watch. Requests of one client share one HTTP/2
 * connection; how many are under way is bounded by whoever makes them. docs/adr/0015 says why OkHttp, docs/adr/0017 who speaks TLS.
 */
final class NetworkClients implements HttpClient.Factory {
  @Override
  public HttpClient.Builder newBuilder() {
    return new Made(Config.empty(), null).newBuilder();
  }

  @Override
  public HttpClient.Builder newBuilder(Config config) {
    return new Made(config, null).newBuilder(config);
  }

  /** @param keys instead of those that the configuration names, and what may change */
  HttpClient.Builder newBuilder(Config config, KeyManager[] keys) {
    try {
      Config without = new ConfigBuilder(config).withClientCertFile(null).withClientKeyFile(null).build(); // not to be read by Fabric8
      HttpClient.Builder made = new Made(config, keys).newBuilder(without);
      return made.sslContext(keys, SSLUtils.trustManagers(config));
    } catch (GeneralSecurityException | IOException e) {
      throw KubernetesClientException.launderThrowable(e);
    }
  }

  /** Makes clients of one configuration. */
  private static final class Made extends OkHttpClientFactory {
    private final Config config;
    private final KeyManager[] keys; // null for those of the configuration

    Made(Config config, KeyManager[] keys) {
      this.config = config;
      this.keys = keys;
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
      ClientTls.of(config, keys).ifPresent(tls -> builder.sslSocketFactory(tls.sockets(), tls.trust()));
    }
  }
}
