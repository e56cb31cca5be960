package io.kubrig.apiserver.discovery;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/** An exchange that keeps its answer. */
public final class RecordedExchange implements Exchange {
  private final String method;
  private final String path;
  private final String rawQuery;
  private final Headers request;
  public int status;
  public Headers headers;
  public byte[] body;

  public RecordedExchange(String method, String path, Headers request) {
    this.method = method;
    int query = path.indexOf('?');
    this.path = path;
    this.request = request;
    this.rawQuery = query < 0 ? "" : path.substring(query + 1);
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String rawPath() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  @Override
  public String rawQuery() {
    return rawQuery;
  }

  @Override
  public Headers headers() {
    return request;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return InetSocketAddress.createUnresolved("client", 1);
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    return List.of();
  }

  @Override
  public byte[] body(int limit) {
    return new byte[0];
  }

  @Override
  public void respond(int status, Headers headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  @Override
  public ResponseStream stream(int status, Headers headers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Duplex upgrade(Headers headers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean canUpgrade() {
    return false;
  }

  @Override
  public void onClose(Runnable action) {}
}
