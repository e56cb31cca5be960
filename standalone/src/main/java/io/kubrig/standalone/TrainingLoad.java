package io.kubrig.standalone;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Requests of the common kinds through the network front, so that what the virtual machine records in training holds the paths of requests
 * and how often they are taken, and not only those of starting. Nothing of it is kept: the cluster goes when the training ends.
 */
final class TrainingLoad {
  private static final String NAMESPACE = "kubrig-training";
  /**
   * So many that the paths of requests are hot by the virtual machine's standards: it then compiles them at once, without counting again.
   */
  private static final int PODS = 1000;
  private static final int IN_FLIGHT = 16;
  private static final int LABELS = 20;

  /** So many that enciphering large answers is hot as well. */
  private static final int LISTS = 80;
  private static final String COLLECTION = "/api/v1/namespaces/" + NAMESPACE + "/pods";

  private final KubernetesClient client;

  /** @param client goes over the network, as the clients of a cluster do */
  TrainingLoad(KubernetesClient client) {
    this.client = client;
  }

  void run() throws InterruptedException {
    client.raw("/api/v1/namespaces", "POST", "{\"metadata\":{\"name\":\"" + NAMESPACE + "\"}}");
    try {
      client.raw("/api/v1/namespaces/" + NAMESPACE + "/serviceaccounts", "POST", "{\"metadata\":{\"name\":\"default\"}}");
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) { // its controller may have been faster
        throw e;
      }
    }
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < IN_FLIGHT; t++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = next.getAndIncrement(); i < PODS; i = next.getAndIncrement()) {
                      pod(i);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < LISTS; i++) {
      client.raw(COLLECTION);
      client.raw(COLLECTION + "?labelSelector=n%3D" + i % LABELS);
    }
  }

  /** A pod that no scheduler takes, created, read and changed. */
  private void pod(int i) {
    String path = COLLECTION + "/p" + i;
    client.raw(COLLECTION, "POST", json(i, ""));
    client.raw(path);
    client.raw(path + "/status", "PUT", json(i, ",\"status\":{\"phase\":\"Running\"}"));
    if (i % 2 == 0) {
      client.raw(path, "DELETE", null);
    }
  }

  private static String json(int i, String more) {
    return "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p" + i + "\",\"labels\":{\"app\":\"training\",\"n\":\""
        + i % LABELS + "\"}},"
        + "\"spec\":{\"schedulerName\":\"nobody\",\"containers\":[{\"name\":\"c\",\"image\":\"example.com/app:1\","
        + "\"ports\":[{\"containerPort\":8080}],"
        + "\"resources\":{\"requests\":{\"cpu\":\"100m\",\"memory\":\"64Mi\"}},\"env\":[{\"name\":\"A\",\"value\":\"b\"}]}]}" + more + "}";
  }
}
