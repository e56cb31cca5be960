package io.kubrig.bench;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A request that no socket carries: what a server does for it is all that is measured. Keeps the status and counts the bytes of its answer.
 */
final class DirectExchange implements Exchange {
  private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000);

  private final String method;
  private final String path;
  private final String query;
  private final Headers headers;
  private final byte[] body;
  private final LongAdder lines = new LongAdder();
  private volatile Runnable closing = () -> {};
  private volatile int status;
  private byte[] answer = new byte[0];

  DirectExchange(String method, String target, Headers headers, byte[] body) {
    int mark = target.indexOf('?');
    this.method = method;
    this.path = mark < 0 ? target : target.substring(0, mark);
    this.query = mark < 0 ? "" : target.substring(mark + 1);
    this.headers = headers;
    this.body = body;
  }

  int status() {
    return status;
  }

  byte[] answer() {
    return answer;
  }

  @Override
  public String method() {
    return method;
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
    return headers;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return CLIENT;
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
    return body;
  }

  @Override
  public void respond(int code, Headers given, byte[] bytes) {
    status = code;
    answer = bytes;
  }

  /** A large body is looked at as it comes, and not kept. */
  @Override
  public void respond(int code, Headers given, LargeBody body) throws IOException {
    status = code;
    body.writeTo(OutputStream.nullOutputStream());
  }

  private void count(byte[] bytes, int offset, int length) {
    int ends = 0;
    for (int i = offset; i < offset + length; i++) {
      ends += bytes[i] == '\n' ? 1 : 0;
    }
    lines.add(ends);
  }

  /** Line ends in a stream so far: the events of a watch. */
  long lines() {
    return lines.sum();
  }

  /** Ends the exchange as a client does that goes away. */
  void leave() {
    closing.run();
  }

  @Override
  public ResponseStream stream(int code, Headers given) {
    status = code;
    return new ResponseStream() {
      @Override
      public void write(byte[] bytes, int offset, int length) {
        count(bytes, offset, length);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Duplex upgrade(Headers given) {
    throw new UnsupportedOperationException("no connection to hand over");
  }

  @Override
  public boolean canUpgrade() {
    return false;
  }

  @Override
  public void onClose(Runnable action) {
    closing = action;
  }
}
