package io.kubrig.apiserver.server;

import io.kubrig.machinery.health.HealthCheck;
import io.kubrig.machinery.health.HealthChecks;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * {@code /healthz}, {@code /livez} and {@code /readyz} with the checks of native, in their order.
 *
 * <p>What native starts after it listens, and tells about in the checks {@code poststarthook/…}, is done here before anybody is answered:
 * these checks are for those who look for them by name, and they hold for as long as the server answers.
 */
final class ServerHealth {
  private static final List<String> HOOKS =
      List.of(
          "start-apiserver-admission-initializer",
          "generic-apiserver-start-informers",
          "priority-and-fairness-config-consumer",
          "priority-and-fairness-filter",
          "storage-object-count-tracker-hook",
          "start-apiextensions-informers",
          "start-apiextensions-controllers",
          "crd-informer-synced",
          "start-system-namespaces-controller",
          "peer-endpoint-reconciler-controller",
          "start-cluster-authentication-info-controller",
          "start-kube-apiserver-identity-lease-controller",
          "start-kube-apiserver-identity-lease-garbage-collector",
          "storage-readiness",
          "start-legacy-token-tracking-controller",
          "start-service-ip-repair-controllers",
          "rbac/bootstrap-roles",
          "scheduling/bootstrap-system-priority-classes",
          "priority-and-fairness-config-producer",
          "bootstrap-controller",
          "start-kubernetes-service-cidr-controller",
          "start-kube-aggregator-informers",
          "apiservice-status-local-available-controller",
          "apiservice-status-remote-available-controller",
          "apiservice-registration-controller",
          "apiservice-discovery-controller",
          "kube-apiserver-autoregistration");
  private static final List<String> LAST_HOOKS = List.of("apiservice-openapi-controller", "apiservice-openapiv3-controller");

  private final KubernetesRegistry indicators = new KubernetesRegistry();
  private final List<HealthChecks> endpoints = new ArrayList<>();

  /**
   * @param troubles of the storage
   * @param stopping whether the server is about to end
   */
  ServerHealth(boolean fairness, Supplier<List<String>> troubles, BooleanSupplier stopping) {
    HealthCheck.Body storage =
        () -> {
          List<String> wrong = troubles.get();
          if (!wrong.isEmpty()) {
            throw new IOException(String.join("; ", wrong));
          }
        };
    for (String endpoint : List.of("healthz", "livez", "readyz")) {
      boolean ready = endpoint.equals("readyz");
      HealthChecks checks = new HealthChecks(endpoint, indicators, List.of(HealthCheck.ping()));
      checks.add(HealthCheck.of("log", () -> {}));
      if (!ready) {
        checks.add(HealthCheck.of("loopback-serving-certificate", () -> {})); // it calls itself without a network
      }
      checks.add(HealthCheck.of("etcd", storage));
      if (ready) {
        checks.add(HealthCheck.of("etcd-readiness", storage));
        checks.add(HealthCheck.of("informer-sync", () -> {})); // what is followed was read before the server answered anybody
      }
      HOOKS.stream().filter(hook -> fairness || !hook.startsWith("priority-and-fairness")).forEach(hook -> add(checks, hook));
      checks.add(HealthCheck.of("autoregister-completion", () -> {}));
      LAST_HOOKS.forEach(hook -> add(checks, hook));
      if (ready) {
        checks.add(HealthCheck.of("shutdown", () -> {
          if (stopping.getAsBoolean()) {
            throw new IOException("process is shutting down");
          }
        }));
      }
      endpoints.add(checks);
    }
  }

  private static void add(HealthChecks checks, String hook) {
    checks.add(HealthCheck.of("poststarthook/" + hook, () -> {}));
  }

  List<HealthChecks> endpoints() {
    return endpoints;
  }

  /** What {@code /metrics/slis} shows. */
  String indicators() {
    return indicators.scrape();
  }
}
