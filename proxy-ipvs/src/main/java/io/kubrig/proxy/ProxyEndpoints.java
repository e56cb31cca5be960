package io.kubrig.proxy;

import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.proxy.health.HttpEndpoints;
import io.kubrig.proxy.health.HttpEndpoints.Answer;
import io.kubrig.proxy.health.ProxyHealth;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;

/** The proxy's two HTTP servers: health (10256) and metrics (10249). */
final class ProxyEndpoints implements AutoCloseable {
  private final HttpEndpoints health;
  private final HttpEndpoints metrics;

  private ProxyEndpoints(HttpEndpoints health, HttpEndpoints metrics) {
    this.health = health;
    this.metrics = metrics;
  }

  static ProxyEndpoints serve(ProxyConfiguration configuration, MeterRegistry registry, ProxyHealth state, ProxyMetrics counters) {
    HttpEndpoints health = null;
    try {
      health = open("healthz", configuration.healthzBindAddress(),
          Map.of("/healthz", () -> healthz(state.report(), counters), "/livez", () -> livez(state.report(), counters)));
      HttpEndpoints metrics =
          open("metrics", configuration.metricsBindAddress(),
          Map.of("/metrics", () -> scrape(registry), "/healthz", () -> Answer.text("ok"),
          "/proxyMode", () -> Answer.text("nftables")));
      return new ProxyEndpoints(health, metrics);
    } catch (StartException problem) {
      if (health != null) {
        health.close();
      }
      throw problem;
    }
  }

  private static HttpEndpoints open(String what, String bind, Map<String, Supplier<Answer>> paths) {
    if (bind.isEmpty()) {
      return null;
    }
    try {
      return HttpEndpoints.serve(HttpEndpoints.address(bind), paths);
    } catch (IOException problem) {
      throw new StartException("failed to start proxy " + what + " on " + bind + ": " + problem.getMessage()
          + ": free the port or choose another with --" + what
          + "-bind-address", problem);
    }
  }

  private static Answer healthz(ProxyHealth.Report report, ProxyMetrics counters) {
    boolean good = report.healthy() && report.nodeEligible();
    counters.probed("healthz", good ? 200 : 503);
    return Answer.json(good, "{\"lastUpdated\": \"%s\",\"currentTime\": \"%s\", \"nodeEligible\": %s}"
        .formatted(report.lastUpdated(), report.now(), report.nodeEligible()));
  }

  private static Answer livez(ProxyHealth.Report report, ProxyMetrics counters) {
    counters.probed("livez", report.healthy() ? 200 : 503);
    return Answer.json(report.healthy(), "{\"lastUpdated\": \"%s\",\"currentTime\": \"%s\"}".formatted(report.lastUpdated(), report.now()));
  }

  private static Answer scrape(MeterRegistry registry) {
    return registry instanceof KubernetesRegistry ours ? new Answer(200, "text/plain; version=0.0.4; charset=utf-8", ours.scrape())
        : new Answer(404, "text/plain; charset=utf-8", "this process keeps its metrics elsewhere\n");
  }

  int healthPort() {
    return health == null ? 0 : health.port();
  }

  int metricsPort() {
    return metrics == null ? 0 : metrics.port();
  }

  @Override
  public void close() {
    if (health != null) {
      health.close();
    }
    if (metrics != null) {
      metrics.close();
    }
  }
}
