package io.kubrig.apiserver.aggregation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.proxy.Backend;
import io.kubrig.apiserver.proxy.Passing;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.webhook.ServiceResolver;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests on to the servers of APIServices, on behalf of the user who made them. (Source:
 * kube-aggregator/pkg/apiserver/handler_proxy.go.)
 */
final class AggregationProxy {
  private static final Logger LOG = LoggerFactory.getLogger(AggregationProxy.class);
  private static final Duration CONNECT = Duration.ofSeconds(30);

  private final RemoteServices services;
  private final RemoteClient client;
  private final Passing passing = new Passing(CONNECT);

  AggregationProxy(RemoteServices services, RemoteClient client) {
    this.services = services;
    this.client = client;
  }

  /**
   * Answers a request whose path belongs to another server; answers false when it does not.
   *
   * @param path decoded
   */
  boolean handle(Exchange exchange, String path, UserInfo user, String auditId) throws IOException {
    if (services.isEmpty()) {
      return false;
    }
    Optional<RemoteService> service = target(path);
    if (service.isEmpty()) {
      return false;
    }
    if (!service.get().available()) {
      fail(exchange, 503, "service unavailable");
      return true;
    }
    pass(exchange, service.get(), user, auditId);
    return true;
  }

  private Optional<RemoteService> target(String path) {
    String[] parts = path.split("/", 5);
    if (parts.length >= 4 && parts[1].equals("apis")) {
      return services.serving(parts[2], parts[3]);
    }
    return parts.length >= 3 && parts[1].equals("api") ? services.serving("", parts[2]) : Optional.empty();
  }

  private void pass(Exchange exchange, RemoteService service, UserInfo user, String auditId) throws IOException {
    Backend backend;
    try {
      backend = client.backend(service);
    } catch (ServiceResolver.UnresolvedException e) {
      LOG.error("error resolving {}/{}: {}", service.namespace(), service.service(), e.getMessage());
      fail(exchange, 503, "service unavailable");
      return;
    } catch (IOException e) {
      fail(exchange, 500, e.getMessage());
      return;
    }
    String target = exchange.rawPath() + (exchange.rawQuery().isEmpty() ? "" : "?" + exchange.rawQuery());
    try {
      passing.relay(exchange, backend, target, headers -> identify(headers, user, RemoteClient.shown(backend), auditId),
          Passing.Redirects.REFUSED);
    } catch (Passing.UnreachableException e) {
      fail(exchange, 503, (exchange.canUpgrade() ? "" : "error trying to reach service: ") + e.getMessage());
    } catch (ApiException e) {
      fail(exchange, 503, e.getMessage());
    }
  }

  /** Says in headers who the user is, and lets nobody else say it. */
  private static void identify(Headers headers, UserInfo user, String host, String auditId) {
    List<String> spoofed = new ArrayList<>();
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.equals("authorization") || lower.startsWith("x-remote-") || lower.startsWith("impersonate-")) {
            spoofed.add(name);
          }
        });
    spoofed.forEach(headers::remove);
    headers.set("Host", host).set("Audit-ID", auditId);
    headers.add("X-Remote-User", user.name());
    if (!user.uid().isEmpty()) {
      headers.add("X-Remote-Uid", user.uid());
    }
    user.groups().forEach(group -> headers.add("X-Remote-Group", group));
    user.extra().forEach((key, values) -> values.forEach(value -> headers.add("X-Remote-Extra-" + escaped(key), value)));
  }

  /** Keys may hold what header names may not. */
  private static String escaped(String key) {
    return URLEncoder.encode(key, UTF_8).replace("+", "%20");
  }

  private static void fail(Exchange exchange, int status, String text) throws IOException {
    Headers headers = Headers.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff");
    exchange.respond(status, headers, (text + "\n").getBytes(UTF_8));
  }
}
