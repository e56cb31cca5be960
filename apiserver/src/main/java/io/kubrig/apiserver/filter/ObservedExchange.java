package io.kubrig.apiserver.filter;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * An exchange that is answered once, by its handler or, when that takes too long, in its place. Its answers carry some headers more, and
 * their status and size can be asked afterwards.
 */
final class ObservedExchange implements Exchange {
  private final Exchange inner;
  private final Headers added = new Headers();
  private IntConsumer started = status -> { };
  private volatile int status;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicLong written = new AtomicLong();

  ObservedExchange(Exchange inner) {
    this.inner = inner;
  }

  /** Headers for answers that do not set them themselves. */
  Headers added() {
    return added;
  }

  /** 0 before there is an answer. */
  int status() {
    return status;
  }

  /** Bytes of the answer's body so far. */
  long written() {
    return written.get();
  }

  /** Told the status when an answer begins. */
  void onStart(IntConsumer action) {
    started = action;
  }

  /** What a handler gets whose request was answered in its place. */
  static final class TooLate extends IOException {
    private static final long serialVersionUID = 1;

    TooLate() {
      super("http: Handler timeout");
    }
  }

  /** Answers in place of the handler unless that has begun to. */
  void takeOver(int code, Headers headers, byte[] body) throws IOException {
    if (begun.compareAndSet(false, true)) {
      Headers all = withAdded(code, headers);
      written.set(body.length);
      inner.respond(code, all, body);
    }
  }

  private Headers begin(int code, Headers headers) throws TooLate {
    if (!begun.compareAndSet(false, true)) {
      throw new TooLate();
    }
    return withAdded(code, headers);
  }

  private Headers withAdded(int code, Headers headers) {
    status = code;
    added.forEach(
        (name, value) -> {
          if (headers.first(name).isEmpty()) {
            headers.add(name, value);
          }
        });
    started.accept(code);
    return headers;
  }

  @Override
  public void respond(int code, Headers headers, byte[] body) throws IOException {
    Headers all = begin(code, headers);
    written.set(body.length);
    inner.respond(code, all, body);
  }

  @Override
  public void respond(int code, Headers headers, LargeBody body) throws IOException {
    Headers all = begin(code, headers);
    written.set(body.length());
    inner.respond(code, all, body);
  }

  @Override
  public ResponseStream stream(int code, Headers headers) throws IOException {
    ResponseStream stream = inner.stream(code, begin(code, headers));
    return new ResponseStream() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        stream.write(bytes, offset, length);
        written.addAndGet(length);
      }

      @Override
      public void write(byte[] bytes, int offset, int length, Duration patience) throws IOException {
        stream.write(bytes, offset, length, patience);
        written.addAndGet(length);
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  @Override
  public Duplex upgrade(Headers headers) throws IOException {
    return inner.upgrade(begin(101, headers));
  }

  @Override
  public String method() {
    return inner.method();
  }

  @Override
  public String rawPath() {
    return inner.rawPath();
  }

  @Override
  public String rawQuery() {
    return inner.rawQuery();
  }

  @Override
  public Headers headers() {
    return inner.headers();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return inner.remoteAddress();
  }

  @Override
  public String protocol() {
    return inner.protocol();
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    return inner.clientCertificates();
  }

  @Override
  public byte[] body(int limit) throws IOException {
    return inner.body(limit);
  }

  @Override
  public boolean canUpgrade() {
    return inner.canUpgrade();
  }

  @Override
  public void onClose(Runnable action) {
    inner.onClose(action);
  }
}
