package io.kubrig.operators.horizontalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.metadata.MetadataClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The metrics APIs {@code metrics.k8s.io}, {@code custom.metrics.k8s.io} and {@code external.metrics.k8s.io} of the cluster. */
final class MetricsApis implements MetricsSource {
  private static final String RESOURCES = "metrics.k8s.io";
  private static final String CUSTOM = "custom.metrics.k8s.io";
  private static final String EXTERNAL = "external.metrics.k8s.io";
  private static final Duration DEFAULT_WINDOW = Duration.ofMinutes(1);

  private final MetadataClient client;
  private final KnownKinds kinds;

  MetricsApis(MetadataClient client, KnownKinds kinds) {
    this.client = client;
    this.kinds = kinds;
  }

  @Override
  public Map<String, PodMetric> resource(String namespace, String selector, String resource, String container) throws MetricsException {
    JsonNode items = items("resource",
        "/apis/" + RESOURCES + "/v1beta1/namespaces/" + namespace + "/pods?" + query("labelSelector", selector),
        "pods." + RESOURCES);
    if (items.isEmpty()) {
      throw new MetricsException("no metrics returned from resource metrics API");
    }
    Map<String, PodMetric> metrics = new LinkedHashMap<>();
    for (JsonNode pod : items) {
      Optional<Long> milli = container.isEmpty() ? sum(pod, resource) : ofContainer(pod, resource, container);
      milli.ifPresent(value -> metrics.put(name(pod), new PodMetric(time(pod), window(pod.path("window").asText("")), value)));
    }
    return metrics;
  }

  /** The sum over all containers; empty when one of them, or all, are missing. */
  private static Optional<Long> sum(JsonNode pod, String resource) {
    long sum = 0;
    for (JsonNode container : pod.path("containers")) {
      JsonNode usage = container.path("usage").path(resource);
      if (usage.isMissingNode()) {
        return Optional.empty();
      }
      sum += Quantity.parse(usage.asText()).milliValue();
    }
    return pod.path("containers").isEmpty() ? Optional.empty() : Optional.of(sum);
  }

  /** What one container uses, in thousandths; empty when there is no such container, or it says nothing about the resource. */
  static Optional<Long> ofContainer(JsonNode pod, String resource, String name) {
    for (JsonNode container : pod.path("containers")) {
      if (container.path("name").asText().equals(name)) {
        JsonNode usage = container.path("usage").path(resource);
        return usage.isMissingNode() ? Optional.empty() : Optional.of(Quantity.parse(usage.asText()).milliValue());
      }
    }
    return Optional.empty();
  }

  @Override
  public Map<String, PodMetric> pods(String namespace, String selector, Metric metric) throws MetricsException {
    String path = custom() + "/namespaces/" + namespace + "/pods/*/" + metric.name() + "?" + query("labelSelector", selector)
        + selected(metric);
    JsonNode items = items("custom", path, "pods." + CUSTOM + " *");
    if (items.isEmpty()) {
      throw new MetricsException("no metrics returned from custom metrics API");
    }
    Map<String, PodMetric> metrics = new LinkedHashMap<>();
    for (JsonNode value : items) {
      Duration window = value.hasNonNull("windowSeconds") ? Duration.ofSeconds(value.get("windowSeconds").asLong()) : DEFAULT_WINDOW;
      metrics.put(value.path("describedObject").path("name").asText(), new PodMetric(time(value), window, milli(value)));
    }
    return metrics;
  }

  @Override
  public long object(String namespace, CrossVersionObjectReference object, Metric metric) throws MetricsException {
    boolean isNamespace = "Namespace".equals(object.getKind()) && "v1".equals(object.getApiVersion());
    String resource = isNamespace ? "metrics" : kinds.resourceOf(object)
        .orElseThrow(() -> new MetricsException("unable to fetch metrics from custom metrics API: " + KnownKinds.unknown(object)));
    String path = isNamespace
        ? "/namespaces/" + object.getName() + "/metrics/" + metric.name()
        : "/namespaces/" + namespace + "/" + resource + "/" + object.getName() + "/" + metric.name();
    JsonNode items = items("custom", custom() + path + "?" + query("", "") + selected(metric),
        resource + "." + CUSTOM + " " + object.getName());
    if (items.size() != 1) {
      throw new MetricsException("unable to fetch metrics from custom metrics API: the custom metrics API server returned " + items.size()
          + " results when we asked for exactly one");
    }
    return milli(items.get(0));
  }

  @Override
  public List<Long> external(String namespace, Metric metric) throws MetricsException {
    JsonNode items = items("external", "/apis/" + EXTERNAL + "/v1beta1/namespaces/" + namespace + "/" + metric.name() + "?"
        + query("labelSelector", metric.selector()), metric.name() + "." + EXTERNAL);
    if (items.isEmpty()) {
      throw new MetricsException("no metrics returned from external metrics API");
    }
    List<Long> values = new ArrayList<>();
    items.forEach(item -> values.add(milli(item)));
    return values;
  }

  private String custom() throws MetricsException {
    String version = kinds.preferredVersion(CUSTOM).orElseThrow(
        () -> new MetricsException("unable to fetch metrics from custom metrics API: no custom metrics API (" + CUSTOM + ") registered"));
    return "/apis/" + CUSTOM + "/" + version;
  }

  private static String selected(Metric metric) {
    return metric.selector().isEmpty() ? "" : "&" + query("metricLabelSelector", metric.selector());
  }

  private static String query(String name, String value) {
    return value.isEmpty() ? "" : name + "=" + HttpRequest.formURLEncode(value);
  }

  private JsonNode items(String api, String path, String what) throws MetricsException {
    try {
      return client.json(path.endsWith("?") ? path.substring(0, path.length() - 1) : path, "application/json").path("items");
    } catch (KubernetesClientException e) {
      throw new MetricsException("unable to fetch metrics from " + api + " metrics API: " + refusal(e, what));
    }
  }

  /** The server's words; where it has none (nobody serves the group), client-go's. */
  private static String refusal(KubernetesClientException e, String what) {
    if (ApiErrors.isAnswer(e) && e.getStatus().getMessage() != null && e.getStatus().getReason() != null) {
      return e.getStatus().getMessage();
    }
    return switch (e.getCode()) {
      case 404 -> "the server could not find the requested resource (get " + what + ")";
      case 503 -> "the server is currently unable to handle the request (get " + what + ")";
      case 504 -> "the server was unable to return a response in the time allotted, but may still be processing the request (get " + what
          + ")";
      default -> e.getCode() >= 500
          ? "an error on the server (\"" + e.getMessage() + "\") has prevented the request from succeeding (get " + what + ")"
              : e.getMessage();
    };
  }

  private static String name(JsonNode object) {
    return object.path("metadata").path("name").asText();
  }

  private static long milli(JsonNode value) {
    return Quantity.parse(value.path("value").asText("0")).milliValue();
  }

  private static Instant time(JsonNode value) {
    return Objects.time(value.path("timestamp").asText("")).orElse(Instant.EPOCH);
  }

  private static Duration window(String text) {
    return text.isEmpty() ? Duration.ZERO : GoDuration.parse(text);
  }
}
