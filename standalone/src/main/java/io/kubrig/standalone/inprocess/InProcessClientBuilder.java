package io.kubrig.standalone.inprocess;

import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;

/** Collects what a client is made with; addresses, proxies and TLS mean nothing within a process. */
final class InProcessClientBuilder extends StandardHttpClientBuilder<InProcessClient, InProcessClients, InProcessClientBuilder> {

  InProcessClientBuilder(InProcessClients factory) {
    super(factory);
  }

  @Override
  public InProcessClient build() {
    return client != null ? new InProcessClient(this, clientFactory, client.getClosed()) : new InProcessClient(this, clientFactory);
  }

  @Override
  protected InProcessClientBuilder newInstance(InProcessClients factory) {
    return new InProcessClientBuilder(factory);
  }
}
