package io.kubrig.standalone;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Work for controllers, scheduler and nodes, so that what the virtual machine records in training holds how they read, decide and write:
 * Deployments, a StatefulSet, a DaemonSet, Jobs and a Service come, change, and go with their namespace.
 */
final class TrainingWork {
  private static final String NAMESPACE = "kubrig-training-work";
  private static final String APPS = "/apis/apps/v1/namespaces/" + NAMESPACE + "/";
  private static final String PODS = "/api/v1/namespaces/" + NAMESPACE + "/pods";
  private static final int MANY = 150;
  private static final int FEW = 5;

  /** A training that has not come to its end by then goes on without: what has been recorded is of use. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final KubernetesClient client;
  private final Clock clock;

  /** @param client may do everything */
  TrainingWork(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  void run() throws InterruptedException {
    post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + NAMESPACE + "\"}}");
    await(() -> found("/api/v1/namespaces/" + NAMESPACE + "/serviceaccounts/default"));
    post("/api/v1/namespaces/" + NAMESPACE + "/services",
        "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"selector\":{\"app\":\"web\"},\"ports\":[{\"port\":80}]}}");
    post(APPS + "deployments", workload("web", MANY, ""));
    await(() -> ready("deployments/web") == MANY);
    post(APPS + "deployments", workload("rolling", FEW, ""));
    post(APPS + "statefulsets", workload("set", FEW, ",\"serviceName\":\"web\""));
    post(APPS + "daemonsets", workload("everywhere", 0, ""));
    for (int i = 0; i < FEW; i++) {
      post("/apis/batch/v1/namespaces/" + NAMESPACE + "/jobs", job(i));
    }
    await(() -> ready("deployments/rolling") == FEW && ready("statefulsets/set") == FEW);
    patch("rolling", "{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"round\":\"2\"}}}}}");
    patch("web", "{\"spec\":{\"replicas\":0}}");
    await(() -> pods() < MANY);
    client.raw("/api/v1/namespaces/" + NAMESPACE, "DELETE", null);
    await(() -> !found("/api/v1/namespaces/" + NAMESPACE));
  }

  private void post(String path, String body) {
    client.raw(path, "POST", body);
  }

  private void patch(String deployment, String change) {
    client.apps().deployments().inNamespace(NAMESPACE).withName(deployment).patch(PatchContext.of(PatchType.JSON_MERGE), change);
  }

  private boolean found(String path) {
    try {
      return client.raw(path) != null;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private long ready(String workload) {
    return read(APPS + workload).tree("status").integer("readyReplicas", 0);
  }

  private int pods() {
    return read(PODS).list("items").size();
  }

  private Tree read(String path) {
    return Json.readTree(client.raw(path).getBytes(StandardCharsets.UTF_8));
  }

  private void await(BooleanSupplier condition) throws InterruptedException {
    Instant deadline = clock.now().plus(PATIENCE);
    while (!condition.getAsBoolean() && clock.now().isBefore(deadline)) {
      clock.sleep(BETWEEN_LOOKS);
    }
  }

  private static String workload(String name, int replicas, String more) {
    String labels = "{\"app\":\"" + name + "\"}";
    return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{" + (replicas > 0 ? "\"replicas\":" + replicas + "," : "")
        + "\"selector\":{\"matchLabels\":" + labels + "},\"template\":{\"metadata\":{\"labels\":" + labels + "},\"spec\":" + pod("") + "}"
        + more + "}}";
  }

  private static String job(int i) {
    return "{\"metadata\":{\"name\":\"job-" + i + "\"},\"spec\":{\"completions\":3,\"parallelism\":2,\"template\":{\"spec\":"
        + pod(",\"restartPolicy\":\"Never\"") + "}}}";
  }

  private static String pod(String more) {
    return "{\"containers\":[{\"name\":\"c\",\"image\":\"example.com/app:1\",\"ports\":[{\"containerPort\":8080}],"
        + "\"resources\":{\"requests\":{\"cpu\":\"1m\",\"memory\":\"1Mi\"}}}]" + more + "}";
  }
}
