package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** Passes a client's request on to a backend and the answer back, or joins the two connections after an upgrade. */
public final class Passing {
  private static final int BODY_LIMIT = 64 << 20;
  private static final int BUFFER = 32 * 1024;
  private static final String REDIRECTED = "the backend attempted to redirect this request, which is not permitted";
  private static final Set<String> HOP_BY_HOP =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "content-length", "te", "trailer", "upgrade", "host",
          "expect",
          "accept-encoding");

  private final Duration connectTimeout;

  public Passing(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
  }

  /** That a backend could not be reached. */
  public static final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1;

    UnreachableException(IOException cause, Backend backend) {
      super(GoErrors.text(cause, backend.dial()), cause);
    }
  }

  /**
   * Joins the connections.
   *
   * @throws ApiException 400 when the client did not ask for an upgrade, 500 when the backend does not agree
   */
  void upgrade(Exchange exchange, Backend backend, String target) throws IOException {
    if (!exchange.canUpgrade()) {
      throw ApiException.badRequest("Upgrade request required");
    }
    try {
      join(exchange, backend, target, forwarded(exchange, backend));
    } catch (UnreachableException e) {
      throw new ApiException(500, "", "error dialing backend: " + e.getMessage(), new Tree());
    }
  }

  private void join(Exchange exchange, Backend backend, String target, Headers headers) throws IOException {
    headers.add("Connection", "Upgrade").add("Upgrade", exchange.headers().value("Upgrade"));
    try (BackendCall call = dial(backend, exchange.method(), target, headers, new byte[0])) {
      if (call.status() / 100 == 3) {
        throw new ApiException(500, "", REDIRECTED, new Tree());
      }
      if (call.status() != 101) {
        answer(exchange, call);
        return;
      }
      try (Exchange.Duplex duplex = exchange.upgrade(answered(call.headers(), true))) {
        join(duplex, call);
      }
    }
  }

  private BackendCall dial(Backend backend, String method, String target, Headers headers, byte[] body) throws UnreachableException {
    try {
      return BackendCall.send(backend, connectTimeout, method, target, headers, body);
    } catch (IOException e) {
      throw new UnreachableException(e, backend);
    }
  }

  /** Copies both ways until one side ends; then the other is closed too, as native does. */
  private static void join(Exchange.Duplex duplex, BackendCall call) throws IOException {
    Thread upstream =
        Thread.ofVirtual().name("proxy-up").start(
            () -> {
              try (call) {
                copy(duplex.input(), call.output());
              } catch (IOException ended) {
                // one end has gone: closing the other is all there is to do
              }
            });
    try {
      copy(call.input(), duplex.output());
    } catch (IOException ended) {
      // likewise
    } finally {
      duplex.close();
      call.close();
    }
    try {
      upstream.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
    }
  }

  /** Passes a plain request on; an upgrade is joined when both sides want it. */
  void request(Exchange exchange, Backend backend, String target) throws IOException {
    if (exchange.canUpgrade()) {
      upgrade(exchange, backend, target);
      return;
    }
    try {
      relay(exchange, backend, target, headers -> {});
    } catch (UnreachableException e) {
      throw ApiException.serviceUnavailable("error trying to reach service: " + e.getMessage());
    }
  }

  /**
   * Passes a request on, upgrades included.
   *
   * @param amend changes the headers that the backend gets
   * @throws UnreachableException before anything was answered
   */
  public void relay(Exchange exchange, Backend backend, String target, Consumer<Headers> amend) throws IOException {
    relay(exchange, backend, target, amend, Redirects.PASSED_ON);
  }

  /** What becomes of a backend's redirect; it is never followed. */
  public enum Redirects {
    PASSED_ON,
    /** Answered with 502: a server of an API must not send clients, and their credentials, elsewhere. */
    REFUSED
  }

  /** As {@link #relay(Exchange, Backend, String, Consumer)}. */
  public void relay(Exchange exchange, Backend backend, String target, Consumer<Headers> amend, Redirects redirects) throws IOException {
    Headers headers = forwarded(exchange, backend);
    amend.accept(headers);
    if (exchange.canUpgrade()) {
      join(exchange, backend, target, headers);
      return;
    }
    byte[] body = exchange.body(BODY_LIMIT);
    headers.add("Connection", "close");
    try (BackendCall call = dial(backend, exchange.method(), target, headers, body)) {
      if (redirects == Redirects.REFUSED && call.status() / 100 == 3 && !call.headers().value("Location").isEmpty()) {
        exchange.respond(502, new Headers(), REDIRECTED.getBytes(StandardCharsets.UTF_8));
        return;
      }
      answer(exchange, call);
    }
  }

  private static Headers forwarded(Exchange exchange, Backend backend) {
    Headers headers = Headers.of("Host", backend.authority());
    exchange.headers().forEach(
        (name, value) -> {
          if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
            headers.add(name, value);
          }
        });
    if (exchange.remoteAddress().getAddress() != null) {
      String client = exchange.remoteAddress().getAddress().getHostAddress();
      String before = String.join(", ", headers.all("X-Forwarded-For"));
      headers.set("X-Forwarded-For", before.isEmpty() ? client : before + ", " + client);
    }
    return headers;
  }

  private static Headers answered(Headers from, boolean upgrade) {
    Headers headers = new Headers();
    from.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          boolean drop = HOP_BY_HOP.contains(lower) || lower.startsWith("access-control-");
          if (!drop || (upgrade && lower.equals("upgrade"))) {
            headers.add(name, value);
          }
        });
    return headers;
  }

  private static void answer(Exchange exchange, BackendCall call) throws IOException {
    try (Exchange.ResponseStream out = exchange.stream(call.status(), answered(call.headers(), false))) {
      pour(call.body(), exchange, call, out);
    }
  }

  /** Passes on what comes as it comes; a client that leaves ends the backend's work. */
  static void pour(InputStream body, Exchange exchange, BackendCall call, Exchange.ResponseStream out) throws IOException {
    exchange.onClose(call::close);
    byte[] buffer = new byte[BUFFER];
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      out.write(Arrays.copyOf(buffer, count));
    }
  }
}
