package io.kubrig.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One exchange over a socket; what differs between HTTP versions is in the subclasses' {@link Answers.Wire}. */
abstract class NettyExchange implements Exchange, Answers.Wire {
  private static final int PIECE = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(NettyExchange.class);
  private static final Duration FOREVER = Duration.ofDays(365);

  /** What is the same for all exchanges of a connection. */
  record Peer(InetSocketAddress address, List<X509Certificate> certificates) {}

  final RequestBody body;
  final Answers answers = new Answers(this);
  private final String method;
  private final String target;
  private final Headers headers;
  private final Peer peer;
  private final ServerOptions options;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final AtomicBoolean bodyAsked = new AtomicBoolean();
  private List<Runnable> closeActions = new ArrayList<>();

  NettyExchange(String method, String target, Headers headers, Peer peer, ServerOptions options) {
    this.method = method;
    this.target = originForm(target);
    this.headers = headers;
    this.peer = peer;
    this.options = options;
    this.body = new RequestBody(this::bodyTaken);
  }

  /** Tells the peer that it may send as many bytes more; any thread. */
  abstract void bodyTaken(int bytes);

  /** Tells the peer, who waits with Expect: 100-continue, to send the body; any thread. */
  abstract void sendContinue();

  /** Cuts the exchange off so that the client sees a broken answer; any thread. */
  abstract void abort();

  /** Runs the handler on a virtual thread of its own. */
  final void start(Handler handler, Runnable returned) {
    Thread.ofVirtual().name("request").start(
        () -> {
          try {
            run(handler);
          } finally {
            body.abandon();
            returned.run();
          }
        });
  }

  private void run(Handler handler) {
    try {
      handler.handle(this);
      if (!answered.get()) {
        LOG.error("no answer was given to {} {}", method, rawPath());
        fail();
      }
    } catch (Exception | Error e) { // whatever it was, the client is answered and the others are served
      if (answers.closed()) {
        LOG.debug("client of {} {} went away", method, rawPath(), e);
      } else if (e instanceof Answers.StalledClientException) {
        LOG.debug("client of {} {} stopped reading", method, rawPath());
        abort();
      } else {
        LOG.error("{} {} failed", method, rawPath(), e);
        fail();
      }
    }
  }

  /** Native's answer to a panic. */
  private void fail() {
    if (answered.get()) {
      abort();
      return;
    }
    try {
      byte[] text =
          "This request caused apiserver to panic. Look in the logs for details.\n".getBytes(UTF_8);
      respond(500, Headers.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"), text);
    } catch (IOException e) {
      LOG.debug("client went away", e);
    }
  }

  /** The client is gone or the answer is complete. */
  final void finished() {
    answers.close();
    body.fail(new IOException("the client has gone away"));
    List<Runnable> actions;
    synchronized (this) {
      actions = closeActions;
      closeActions = null;
    }
    if (actions != null && !actions.isEmpty()) {
      Thread.ofVirtual().name("closed").start(() -> actions.forEach(Runnable::run));
    }
  }

  @Override
  public final void onClose(Runnable action) {
    synchronized (this) {
      if (closeActions != null) {
        closeActions.add(action);
        return;
      }
    }
    action.run();
  }

  @Override
  public final byte[] body(int limit) throws IOException {
    if (declaredLength() > limit) {
      throw RequestBody.tooLarge(limit);
    }
    if (bodyAsked.compareAndSet(false, true) && headers.value("Expect").equalsIgnoreCase("100-continue") && !body.ended()) {
      sendContinue();
    }
    return body.readAll(limit, options.bodyTimeout());
  }

  /** In bytes; -1 when the client does not say. */
  final long declaredLength() {
    try {
      return Long.parseLong(headers.value("Content-Length"));
    } catch (NumberFormatException absent) {
      return -1;
    }
  }

  /** Whether the client waits for a word before it sends its body, and has not had it. */
  final boolean withheldBody() {
    return !bodyAsked.get() && headers.value("Expect").equalsIgnoreCase("100-continue") && !body.ended();
  }

  @Override
  public final void respond(int status, Headers given, byte[] whole) throws IOException {
    begin();
    byte[] content = whole;
    if (content.length >= options.gzipFrom() && status == 200 && given.first("Content-Encoding").isEmpty() && Answers.takesGzip(headers)) {
      content = Answers.gzip(content);
      given.set("Content-Encoding", "gzip").add("Vary", "Accept-Encoding");
    }
    boolean bodiless = status == 204 || status == 304 || status < 200;
    if (!bodiless) {
      given.set("Content-Length", Integer.toString(content.length));
    }
    boolean empty = bodiless || content.length == 0 || method.equals("HEAD");
    answers.head(status, dated(given), empty);
    if (!empty) {
      writeWhole(content);
    }
  }

  @Override
  public final void respond(int status, Headers given, LargeBody large) throws IOException {
    begin();
    boolean compressed = large.length() >= options.gzipFrom() && status == 200 && Answers.takesGzip(headers);
    if (compressed) {
      given.set("Content-Encoding", "gzip").add("Vary", "Accept-Encoding");
    } else {
      given.set("Content-Length", Long.toString(large.length()));
    }
    boolean empty = method.equals("HEAD");
    answers.head(status, dated(given), empty);
    if (empty) {
      return;
    }
    try (OutputStream out = compressed ? Answers.gzip(pieces()) : pieces()) {
      large.writeTo(out);
    } catch (IOException e) {
      abort();
      throw e;
    }
    answers.end();
  }

  /** Sends what is written in pieces of its own buffer's size; waits for a client that is slow, not for one that has stopped reading. */
  private OutputStream pieces() {
    return new OutputStream() {
      private byte[] piece = new byte[PIECE];
      private int filled;

      @Override
      public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
          int fits = Math.min(length - done, PIECE - filled);
          System.arraycopy(bytes, offset + done, piece, filled, fits);
          filled += fits;
          done += fits;
          if (filled == PIECE) {
            send();
          }
        }
      }

      private void send() throws IOException {
        answers.write(piece, 0, filled, false, options.stallTimeout());
        piece = new byte[PIECE]; // the one before is on its way
        filled = 0;
      }

      @Override
      public void close() throws IOException {
        if (filled > 0) {
          send();
        }
      }
    };
  }

  private void writeWhole(byte[] content) throws IOException {
    try {
      answers.write(content, 0, content.length, true, options.stallTimeout());
    } catch (IOException e) {
      abort();
      throw e;
    }
  }

  @Override
  public final ResponseStream stream(int status, Headers given) throws IOException {
    begin();
    answers.head(status, dated(given), false);
    return new ResponseStream() {
      private boolean ended;

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        write(bytes, offset, length, FOREVER);
      }

      @Override
      public void write(byte[] bytes, int offset, int length, Duration patience) throws IOException {
        if (ended) {
          throw new IOException("the answer has ended");
        }
        if (length > 0 && !method.equals("HEAD")) {
          answers.write(bytes, offset, length, false, patience);
        }
      }

      @Override
      public void close() throws IOException {
        if (!ended) {
          ended = true;
          if (!answers.closed()) {
            answers.end();
          }
        }
      }
    };
  }

  final void begin() {
    if (!answered.compareAndSet(false, true)) {
      throw new IllegalStateException(method + " " + rawPath() + " is answered twice");
    }
  }

  private static Headers dated(Headers headers) {
    return headers.first("Date").isPresent() ? headers : headers.add("Date", Answers.date());
  }

  @Override
  public final String method() {
    return method;
  }

  @Override
  public final String rawPath() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  @Override
  public final String rawQuery() {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }

  @Override
  public final Headers headers() {
    return headers;
  }

  @Override
  public final InetSocketAddress remoteAddress() {
    return peer.address();
  }

  @Override
  public final List<X509Certificate> clientCertificates() {
    return peer.certificates();
  }

  /** Leaves scheme and authority of an absolute target out. */
  private static String originForm(String target) {
    if (target.startsWith("/")) {
      return target;
    }
    int scheme = target.indexOf("://");
    if (scheme < 0) {
      return target;
    }
    int path = target.indexOf('/', scheme + 3);
    return path < 0 ? "/" : target.substring(path);
  }
}
