package io.kubrig.proxy.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** A small plain HTTP server: a fixed set of paths, each with an answer made when asked. */
public final class HttpEndpoints implements AutoCloseable {
  /** An answer. */
  public record Answer(int status, String contentType, String body) {
    public static Answer text(String body) {
      return new Answer(200, "text/plain; charset=utf-8", body);
    }

    public static Answer json(boolean good, String body) {
      return new Answer(good ? 200 : 503, "application/json", body);
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private HttpEndpoints(HttpServer server) {
    this.server = server;
  }

  /**
   * Serves paths at an address.
   *
   * @throws IOException when the port is in use or the address is not of this machine
   */
  public static HttpEndpoints serve(InetSocketAddress address, Map<String, Supplier<Answer>> paths) throws IOException {
    HttpEndpoints endpoints = new HttpEndpoints(HttpServer.create(address, 0));
    endpoints.server.setExecutor(endpoints.threads);
    endpoints.server.createContext("/", exchange -> {
      Supplier<Answer> answer = paths.getOrDefault(exchange.getRequestURI().getPath(), paths.get("*"));
      respond(exchange, answer == null ? new Answer(404, "text/plain; charset=utf-8", "404 page not found\n") : answer.get());
    });
    endpoints.server.start();
    return endpoints;
  }

  /** The address of {@code host:port}, {@code :port} or {@code [v6]:port}. */
  public static InetSocketAddress address(String bind) {
    int colon = bind.lastIndexOf(':');
    if (colon < 0) {
      throw new StartException("the address " + bind + " has no port");
    }
    String host = bind.substring(0, colon).replace("[", "").replace("]", "");
    try {
      int port = Integer.parseInt(bind.substring(colon + 1));
      return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(InetAddress.ofLiteral(host), port);
    } catch (IllegalArgumentException wrong) {
      throw new StartException("the address " + bind + " is not IP:port", wrong);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void respond(HttpExchange exchange, Answer answer) throws IOException {
    try (exchange) {
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.sendResponseHeaders(answer.status(), exchange.getRequestMethod().equals("HEAD") ? -1 : body.length == 0 ? -1 : body.length);
      if (!exchange.getRequestMethod().equals("HEAD") && body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
