package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory;
import java.util.concurrent.Executors;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * Makes OkHttp clients for Fabric8 that have a virtual thread for each request and each watch. Requests of one client share one HTTP/2
 * connection; how many are under way is bounded by whoever makes them. docs/adr/0015 says why OkHttp.
 */
final class NetworkClients extends OkHttpClientFactory {
  @Override
  protected OkHttpClient.Builder newOkHttpClientBuilder() {
    Dispatcher dispatcher = new Dispatcher(Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("api-", 0).factory()));
    dispatcher.setMaxRequests(Integer.MAX_VALUE);
    dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
    return new OkHttpClient.Builder().dispatcher(dispatcher);
  }
}
