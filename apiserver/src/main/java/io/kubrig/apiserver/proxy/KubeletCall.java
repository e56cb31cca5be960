package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/** A client's request as a kubelet of this process sees it: the same streams under the kubelet's path. */
final class KubeletCall implements Exchange {
  private final Exchange client;
  private final String path;
  private final String query;
  private final Refusal refusal;

  /** What becomes of an answer that is no success. */
  interface Refusal {
    void answer(int status, Headers headers, byte[] body) throws IOException;
  }

  /** @param target path and query */
  KubeletCall(Exchange client, String target, Refusal refusal) {
    int question = target.indexOf('?');
    this.client = client;
    this.path = question < 0 ? target : target.substring(0, question);
    this.query = question < 0 ? "" : target.substring(question + 1);
    this.refusal = refusal;
  }

  @Override
  public String method() {
    return client.method();
  }

  @Override
  public String rawPath() {
    return path;
  }

  @Override
  public String rawQuery() {
    return query;
  }

  @Override
  public Headers headers() {
    return client.headers();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return client.remoteAddress();
  }

  @Override
  public String protocol() {
    return client.protocol();
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    return client.clientCertificates();
  }

  @Override
  public byte[] body(int limit) throws IOException {
    return client.body(limit);
  }

  @Override
  public void respond(int status, Headers headers, byte[] body) throws IOException {
    if (status / 100 == 2) {
      client.respond(status, headers, body);
    } else {
      refusal.answer(status, headers, body);
    }
  }

  @Override
  public ResponseStream stream(int status, Headers headers) throws IOException {
    return client.stream(status, headers);
  }

  @Override
  public Duplex upgrade(Headers headers) throws IOException {
    return client.upgrade(headers);
  }

  @Override
  public boolean canUpgrade() {
    return client.canUpgrade();
  }

  @Override
  public void onClose(Runnable action) {
    client.onClose(action);
  }
}
