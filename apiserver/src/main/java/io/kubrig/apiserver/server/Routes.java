package io.kubrig.apiserver.server;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.component.KubernetesVersion;
import io.kubrig.machinery.health.HealthChecks;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The paths that are no resources: health, version, metrics, and the list of all paths. */
final class Routes {
  /** Where a backup is had from. Granted as a path that is no resource, like /metrics. */
  private static final String BACKUP = "/kubrig/backup";

  private static final String TEXT = "text/plain; charset=utf-8";

  private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

  private final ServerHealth health;
  private final Supplier<byte[]> metrics;
  private final Supplier<List<String>> apiPaths;
  private final Backup backup;

  /** Writes the whole stored state, as it is now. */
  @FunctionalInterface
  interface Backup {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * @param metrics the exposition text
   * @param apiPaths of groups and versions, for the root document
   */
  Routes(ServerHealth health, Supplier<byte[]> metrics, Supplier<List<String>> apiPaths, Backup backup) {
    this.health = health;
    this.metrics = metrics;
    this.apiPaths = apiPaths;
    this.backup = backup;
  }

  /** Answers if the path is one of these. */
  boolean handle(Exchange exchange, String path, Query query) throws IOException {
    for (HealthChecks checks : health.endpoints()) {
      String root = "/" + checks.endpoint();
      if (path.equals(root) || path.startsWith(root + "/")) {
        health(exchange, checks, path.substring(root.length()), query);
        return true;
      }
    }
    switch (path) {
      case "/version", "/version/" -> {
        if (!exchange.method().equals("GET")) {
          throw ApiException.methodNotAllowed();
        }
        Negotiation.route(exchange.headers().value("Accept"), List.of("application/json"));
        respond(exchange, 200, "application/json", Json.pretty(version()));
      }
      case "/metrics" -> respond(exchange, 200, EXPOSITION, metrics.get());
      case "/metrics/slis" -> respond(exchange, 200, EXPOSITION, health.indicators().getBytes(StandardCharsets.UTF_8));
      case BACKUP -> backup(exchange);
      case "/", "/index.html" -> respond(exchange, 200, "application/json", Json.pretty(paths()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void backup(Exchange exchange) throws IOException {
    if (!exchange.method().equals("GET")) {
      exchange.respond(405, Headers.of("Content-Type", TEXT, "Allow", "GET"), "405 method not allowed\n".getBytes(StandardCharsets.UTF_8));
      return;
    }
    Headers headers = Headers.of("Cache-Control", "no-store", "Content-Type", "application/octet-stream");
    try (Exchange.ResponseStream answer = exchange.stream(200, headers);
        OutputStream out = new StreamOutput(answer)) {
      backup.writeTo(out);
    }
  }

  /** The body of an answer as a stream. A piece is not changed after it was handed over. */
  private static final class StreamOutput extends OutputStream {
    private final Exchange.ResponseStream answer;

    StreamOutput(Exchange.ResponseStream answer) {
      this.answer = answer;
    }

    @Override
    public void write(int single) throws IOException {
      answer.write(new byte[] {(byte) single});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      answer.write(bytes, offset, length);
    }
  }

  private static void health(Exchange exchange, HealthChecks checks, String below, Query query) throws IOException {
    Optional<HealthChecks.Answer> answer =
        below.isEmpty()
            ? Optional.of(checks.answer(query.all("exclude"), query.has("verbose")))
            : checks.answer(below.substring(1));
    if (answer.isEmpty()) {
      notFound(exchange);
      return;
    }
    Headers headers = Headers.of("Cache-Control", "no-cache, private", "Content-Type", TEXT);
    if (below.isEmpty()) {
      headers.set("X-Content-Type-Options", "nosniff");
    }
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
    paths.addAll(List.of("/apis/", "/metrics", "/metrics/slis", "/version", "/flagz", "/statusz"));
    paths.addAll(List.of("/openapi/v2", "/openapi/v3", "/openapi/v3/"));
    paths.addAll(List.of("/.well-known/openid-configuration", "/openid/v1/jwks"));
    for (HealthChecks checks : health.endpoints()) {
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
