package io.kubrig.standalone.inprocess;

import io.fabric8.kubernetes.client.http.HttpRequest;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.status.ApiException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A Fabric8 request as the API server sees it. */
final class InProcessExchange implements Exchange {
  private static final Pattern WATCH = Pattern.compile("(^|&)watch=(true|1)(&|$)");
  private static final Pattern LASTING = Pattern.compile("(^|&)(watch|follow)=(true|1)(&|$)");

  private final HttpRequest request;
  private final Headers headers;
  private final byte[] body;
  private final InProcessClients factory;
  private final Answer answer;
  private final Runnable lasting;
  private final InetSocketAddress remote;
  private final List<Runnable> closing = new ArrayList<>();
  private boolean closed;

  /** Where the answer goes. */
  interface Answer {
    void begin(int status, Headers headers);

    void piece(byte[] bytes, int offset, int length) throws IOException;

    boolean begun();

    /** Calls an action once when the client no longer wants the answer. */
    void onCancel(Runnable action);

    /** Whether the client waits for a connection that leaves HTTP. */
    default boolean canUpgrade() {
      return false;
    }

    /** Leaves HTTP; answers the server's end of the connection. */
    default Duplex upgrade(Headers headers) {
      throw new UnsupportedOperationException("this call cannot leave HTTP; ask canUpgrade first");
    }
  }

  /** @param lasting runs when an answer has begun that lasts (a watch, a log that is followed): from there on the request is no work */
  InProcessExchange(HttpRequest request, Headers headers, byte[] body, InProcessClients factory, Answer answer, Runnable lasting) {
    this.request = request;
    this.headers = headers;
    this.body = body;
    this.factory = factory;
    this.answer = answer;
    this.lasting = lasting;
    this.remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), factory.nextPort());
    answer.onCancel(this::finished);
  }

  static boolean isWatch(HttpRequest request) {
    return request.uri().getRawQuery() != null && WATCH.matcher(request.uri().getRawQuery()).find();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String rawPath() {
    return request.uri().getRawPath();
  }

  @Override
  public String rawQuery() {
    String query = request.uri().getRawQuery();
    return query == null ? "" : query;
  }

  @Override
  public Headers headers() {
    return headers;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public String protocol() {
    return answer.canUpgrade() ? "HTTP/1.1" : "HTTP/2.0";
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    // a client that has taken another identity says so with a token; over the network it would no longer show the certificate
    return headers.first("Authorization").isPresent() ? List.of() : factory.identity();
  }

  @Override
  public byte[] body(int limit) {
    if (body.length > limit) {
      throw ApiException.tooLarge("limit is " + limit);
    }
    return body;
  }

  @Override
  public void respond(int status, Headers answerHeaders, byte[] bytes) throws IOException {
    answer.begin(status, answerHeaders);
    if (bytes.length > 0) {
      answer.piece(bytes, 0, bytes.length);
    }
  }

  @Override
  public ResponseStream stream(int status, Headers answerHeaders) {
    answer.begin(status, answerHeaders);
    if (LASTING.matcher(rawQuery()).find()) {
      lasting.run();
    }
    return new ResponseStream() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        answer.piece(bytes, offset, length);
      }

      @Override
      public void close() {
        // the answer ends when the handler returns
      }
    };
  }

  @Override
  public Duplex upgrade(Headers answerHeaders) {
    Duplex duplex = answer.upgrade(answerHeaders);
    lasting.run();
    return duplex;
  }

  @Override
  public boolean canUpgrade() {
    return answer.canUpgrade();
  }

  @Override
  public void onClose(Runnable action) {
    synchronized (closing) {
      if (!closed) {
        closing.add(action);
        return;
      }
    }
    action.run();
  }

  /** The client has gone, or the handler has returned. */
  void finished() {
    List<Runnable> actions;
    synchronized (closing) {
      closed = true;
      actions = List.copyOf(closing);
      closing.clear();
    }
    actions.forEach(Runnable::run);
  }
}
