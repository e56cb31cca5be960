package io.kubrig.machinery.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The small server through which a component tells about itself. Each path has a page; a page may cover everything below its path. Every
 * request is authenticated and authorized first.
 */
public final class StatusServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);
  private static final int CLOSE_SECONDS = 1;
  private static final int MAX_BODY = 64 << 20;

  private final InetSocketAddress address;
  private final KeyAndCertificate identity;
  private final Access access;
  private final Map<String, Page> pages = new TreeMap<>();
  private HttpServer server;
  private ExecutorService workers;

  /**
   * @param identity the serving key and certificate; null serves plain HTTP
   */
  public StatusServer(InetSocketAddress address, KeyAndCertificate identity, Access access) {
    this.address = address;
    this.identity = identity;
    this.access = access;
  }

  /** Adds a page, before the start. */
  public StatusServer page(String path, Page page) {
    pages.put(path, page);
    return this;
  }

  /** Adds the pages of a health endpoint: {@code /livez} and {@code /livez/<check>}. */
  public StatusServer health(HealthChecks checks) {
    String root = "/" + checks.endpoint();
    page(root, request -> Page.Answer.of(checks.answer(request.parameters("exclude"), request.has("verbose"))));
    return page(root + "/",
        request -> checks.answer(request.path().substring(root.length() + 1)).map(Page.Answer::of).orElse(Page.Answer.NOT_FOUND));
  }

  /**
   * Begins to serve.
   *
   * @throws StartException when the address is taken or cannot be used
   */
  public synchronized void start() {
    try {
      server = identity == null ? HttpServer.create(address, 0) : https();
    } catch (IOException e) {
      String where = address.getAddress().getHostAddress() + ":" + address.getPort();
      throw new StartException(
          "failed to create listener: failed to listen on " + where + ": listen tcp " + where + ": "
              + String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT),
          e);
    }
    workers = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("status-", 0).factory());
    server.setExecutor(workers);
    server.createContext("/", this::serve);
    server.start();
    LOG.info("Serving securely on {}", server.getAddress());
  }

  /** The port it listens on, once started. */
  public synchronized int port() {
    return server.getAddress().getPort();
  }

  private HttpServer https() throws IOException {
    HttpsServer https = HttpsServer.create(address, 0);
    https.setHttpsConfigurator(
        new HttpsConfigurator(tls()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    return https;
  }

  private SSLContext tls() {
    try {
      TrustManager[] trust = {new AnyClientCertificate()};
      return TlsImplementation.knowing(identity.chain()).context(identity.keyManagers(), trust);
    } catch (GeneralSecurityException e) {
      throw new StartException("the serving certificate cannot be used: " + e.getMessage(), e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Page.Answer answer = answer(exchange);
      byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.status(), head || body.length == 0 ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Page.Answer answer(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    String verb = exchange.getRequestMethod().toLowerCase(Locale.ROOT);
    Optional<Access.Caller> caller = access.authenticate(credentials(exchange));
    if (caller.isEmpty()) {
      return Page.Answer.status(401, "Unauthorized", "Unauthorized");
    }
    if (!access.allows(caller.get(), verb, path)) {
      String message = "forbidden: User \"" + caller.get().name() + "\" cannot " + verb + " path \"" + path + "\"";
      return Page.Answer.status(403, "Forbidden", message);
    }
    Optional<Page> page = find(path);
    if (page.isEmpty()) {
      return Page.Answer.NOT_FOUND;
    }
    try {
      String body = "";
      if (verb.equals("post")) {
        byte[] read = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
        if (read.length > MAX_BODY) {
          return new Page.Answer(413, "text/plain; charset=utf-8", "the body is larger than " + MAX_BODY + " bytes\n");
        }
        body = new String(read, StandardCharsets.UTF_8);
      }
      return page.get().answer(Page.Request.of(verb, path, exchange.getRequestURI().getRawQuery(), body));
    } catch (IOException e) {
      return new Page.Answer(400, "text/plain; charset=utf-8", "the body cannot be read\n");
    } catch (RuntimeException e) {
      LOG.error("a request to {} failed", path, e);
      return new Page.Answer(500, "text/plain; charset=utf-8", "internal server error\n");
    }
  }

  private Optional<Page> find(String path) {
    Page exact = pages.get(path);
    if (exact != null) {
      return Optional.of(exact);
    }
    return pages.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("/") && path.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static Access.Credentials credentials(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    String token = header != null && header.regionMatches(true, 0, "Bearer ", 0, 7) ? header.substring(7).strip() : "";
    List<X509Certificate> certificates = new ArrayList<>();
    if (exchange instanceof HttpsExchange https) {
      try {
        Certificate[] shown = https.getSSLSession().getPeerCertificates();
        Arrays.stream(shown).forEach(certificate -> certificates.add((X509Certificate) certificate));
      } catch (SSLPeerUnverifiedException e) {
        return new Access.Credentials(token, List.of()); // the client showed none, which is allowed
      }
    }
    return new Access.Credentials(token, certificates);
  }

  @Override
  public synchronized void close() {
    if (server != null) {
      server.stop(CLOSE_SECONDS);
      workers.shutdownNow();
      server = null;
    }
  }
}
