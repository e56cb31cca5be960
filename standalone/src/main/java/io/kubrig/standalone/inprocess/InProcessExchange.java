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

  private final HttpRequest request;
  private final Headers headers;
  private final byte[] body;
  private final InProcessClients factory;
  private final Answer answer;
  private final Runnable watching;
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
  }

  /** @param watching runs when a watch has begun: from there on its events count, not the request */
  InProcessExchange(HttpRequest request, Headers headers, byte[] body, InProcessClients factory, Answer answer, Runnable watching) {
    this.request = request;
    this.headers = headers;
    this.body = body;
    this.factory = factory;
    this.answer = answer;
    this.watching = watching;
    this.remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), factory.nextPort());
    answer.onCancel(this::finished);
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
    return "HTTP/2.0";
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
    if (WATCH.matcher(rawQuery()).find()) {
      watching.run();
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
    throw new UnsupportedOperationException("a call within the process cannot leave HTTP; ask canUpgrade first");
  }

  @Override
  public boolean canUpgrade() {
    return false;
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
