package io.kubrig.standalone.inprocess;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.machinery.clock.Activity;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes HTTP clients that call a handler directly. Give it to {@code KubernetesClientBuilder.withHttpClientFactory}.
 */
public final class InProcessClients implements HttpClient.Factory {
  private final Handler handler;
  private final List<X509Certificate> identity;
  private final Activity activity;
  private final AtomicInteger port = new AtomicInteger(1);

  /** @param identity the client certificate that requests are made with, leaf first; empty for clients that send a token */
  public InProcessClients(Handler handler, List<X509Certificate> identity) {
    this(handler, identity, Activity.NONE);
  }

  /** @param activity counts the requests that are being answered; a watch counts until it runs */
  public InProcessClients(Handler handler, List<X509Certificate> identity, Activity activity) {
    this.handler = handler;
    this.identity = List.copyOf(identity);
    this.activity = activity;
  }

  /** Only what changes requests counts here: reading the certificates that a client would trust takes longer than everything else. */
  @Override
  public HttpClient.Builder newBuilder(Config config) {
    HttpClient.Builder builder = newBuilder();
    builder.tag(config.getRequestConfig());
    HttpClientUtils.createApplicableInterceptors(config, this).forEach(builder::addOrReplaceInterceptor);
    return builder;
  }

  @Override
  public HttpClient.Builder newBuilder() {
    return new InProcessClientBuilder(this);
  }

  Handler handler() {
    return handler;
  }

  List<X509Certificate> identity() {
    return identity;
  }

  Activity activity() {
    return activity;
  }

  /** A remote port for each exchange: what logs and audit events tell exchanges apart by. */
  int nextPort() {
    return port.updateAndGet(last -> last >= 65_535 ? 1 : last + 1);
  }
}
