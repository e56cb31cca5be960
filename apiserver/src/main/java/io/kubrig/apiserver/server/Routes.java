package io.kubrig.apiserver.server;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.machinery.component.KubernetesVersion;
import io.kubrig.machinery.health.HealthChecks;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The paths that are no resources: health, version, metrics, and the list of all paths. */
final class Routes {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final List<HealthChecks> health;
  private final Supplier<byte[]> metrics;
  private final Supplier<List<String>> apiPaths;

  /**
   * @param metrics the exposition text
   * @param apiPaths of groups and versions, for the root document
   */
  Routes(List<HealthChecks> health, Supplier<byte[]> metrics, Supplier<List<String>> apiPaths) {
    this.health = health;
    this.metrics = metrics;
    this.apiPaths = apiPaths;
  }

  /** Answers if the path is one of these. */
  boolean handle(Exchange exchange, String path, Query query) throws IOException {
    for (HealthChecks checks : health) {
      String root = "/" + checks.endpoint();
      if (path.equals(root) || path.startsWith(root + "/")) {
        health(exchange, checks, path.substring(root.length()), query);
        return true;
      }
    }
    switch (path) {
      case "/version", "/version/" -> respond(exchange, 200, "application/json", Json.pretty(version()));
      case "/metrics" -> respond(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.get());
      case "/" -> respond(exchange, 200, "application/json", Json.pretty(paths()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void health(Exchange exchange, HealthChecks checks, String below, Query query) throws IOException {
    Optional<HealthChecks.Answer> answer =
        below.length() <= 1
            ? Optional.of(checks.answer(query.all("exclude"), query.has("verbose")))
            : checks.answer(below.substring(1));
    if (answer.isEmpty()) {
      notFound(exchange);
      return;
    }
    Headers headers = Headers.of("Cache-Control", "no-cache, private", "Content-Type", TEXT, "X-Content-Type-Options", "nosniff");
    exchange.respond(answer.get().status(), headers, answer.get().text().getBytes(StandardCharsets.UTF_8));
  }

  private static Tree version() {
    return Tree.of(
        "major", KubernetesVersion.MAJOR,
        "minor", KubernetesVersion.MINOR,
        "emulationMajor", KubernetesVersion.MAJOR,
        "emulationMinor", KubernetesVersion.MINOR,
        "minCompatibilityMajor", KubernetesVersion.MAJOR,
        "minCompatibilityMinor", Integer.toString(Integer.parseInt(KubernetesVersion.MINOR) - 1),
        "gitVersion", KubernetesVersion.GIT_VERSION,
        "gitCommit", "kubrig",
        "gitTreeState", "clean",
        "buildDate", "2026-11-21T00:00:00Z",
        "goVersion", "java" + Runtime.version().feature(),
        "compiler", "javac",
        "platform", "linux/" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64"));
  }

  private Tree paths() {
    TreeSet<String> paths = new TreeSet<>(apiPaths.get());
    paths.addAll(List.of("/metrics", "/version", "/openapi/v2", "/openapi/v3", "/.well-known/openid-configuration", "/openid/v1/jwks"));
    for (HealthChecks checks : health) {
      paths.add("/" + checks.endpoint());
      checks.names().forEach(name -> paths.add("/" + checks.endpoint() + "/" + name));
    }
    return Tree.of("paths", List.copyOf(paths));
  }

  static void notFound(Exchange exchange) throws IOException {
    Headers headers = Headers.of("Cache-Control", "no-cache, private", "Content-Type", TEXT, "X-Content-Type-Options", "nosniff");
    exchange.respond(404, headers, "404 page not found\n".getBytes(StandardCharsets.UTF_8));
  }

  private static void respond(Exchange exchange, int status, String type, byte[] body) throws IOException {
    exchange.respond(status, Headers.of("Cache-Control", "no-cache, private", "Content-Type", type), body);
  }
}
