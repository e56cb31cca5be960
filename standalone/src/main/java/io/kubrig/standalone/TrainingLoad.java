package io.kubrig.standalone;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * Requests of the common kinds through the network front, so that what the virtual machine records in training holds the paths of requests
 * and how often they are taken, and not only those of starting: over HTTP/2 with a client certificate, and over HTTP/1.1 with the token of
 * a service account. Nothing of it is kept: the cluster goes when the training ends.
 */
final class TrainingLoad {
  private static final String NAMESPACE = "kubrig-training";
  /**
   * So many that the paths of requests are hot by the virtual machine's standards: it then compiles them at once, without counting again.
   */
  private static final int PODS = 1600;
  private static final int IN_FLIGHT = 16;
  private static final int LABELS = 20;

  /** So many that enciphering large answers is hot as well. */
  private static final int LISTS = 60;

  /** Clients that connect, ask once, and go. */
  private static final int VISITORS = 30;
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  private static final String COLLECTION = "/api/v1/namespaces/" + NAMESPACE + "/pods";

  private final KubernetesClient client;
  private final SSLContext tls;
  private String token = "";

  /** @param client goes over the network, as the clients of a cluster do, and may do everything */
  TrainingLoad(KubernetesClient client) throws IOException {
    this.client = client;
    try {
      Config config = ClientSource.anonymous(client.getConfiguration());
      tls = TlsImplementation.best().context(SSLUtils.keyManagers(config), SSLUtils.trustManagers(config));
    } catch (GeneralSecurityException e) {
      throw new IOException("the training cannot reach its cluster: " + e.getMessage(), e);
    }
  }

  void run() throws InterruptedException, IOException {
    prepare();
    try (HttpClient other = http1()) {
      HttpRequest follow = request("GET", COLLECTION + "?watch=true", "", "");
      CompletableFuture<?> watch = other.sendAsync(follow, HttpResponse.BodyHandlers.discarding());
      pods(other);
      for (int i = 0; i < LISTS; i++) {
        client.raw(COLLECTION);
        send(other, "GET", COLLECTION + "?labelSelector=n%3D" + i % LABELS, "", "");
        send(other, "GET", COLLECTION, "", i % 2 == 0 ? "" : PROTOBUF);
      }
      watch.cancel(true);
    }
    for (int i = 0; i < VISITORS; i++) {
      try (HttpClient visitor = http1()) {
        send(visitor, "GET", "/version", "", "");
      }
    }
  }

  private HttpClient http1() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
  }

  /** A namespace whose service account may do everything. */
  private void prepare() {
    client.raw("/api/v1/namespaces", "POST", "{\"metadata\":{\"name\":\"" + NAMESPACE + "\"}}");
    String accounts = "/api/v1/namespaces/" + NAMESPACE + "/serviceaccounts";
    try {
      client.raw(accounts, "POST", "{\"metadata\":{\"name\":\"default\"}}");
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) { // its controller may have been faster
        throw e;
      }
    }
    client.raw("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "POST",
        "{\"metadata\":{\"name\":\"" + NAMESPACE + "\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\","
            + "\"name\":\"cluster-admin\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"default\",\"namespace\":\"" + NAMESPACE
            + "\"}]}");
    String answer = client.raw(accounts + "/default/token", "POST", "{\"spec\":{}}");
    token = Json.readTree(answer.getBytes(StandardCharsets.UTF_8)).tree("status").string("token");
  }

  private void pods(HttpClient other) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < IN_FLIGHT; t++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = next.getAndIncrement(); i < PODS; i = next.getAndIncrement()) {
                      if (i % 2 == 0) {
                        pod(i, client::raw);
                      } else {
                        pod(i, (path, method, body) -> send(other, method, path, body, ""));
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** One way of sending requests. */
  @FunctionalInterface
  private interface Way {
    void send(String path, String method, String body);
  }

  /** A pod that no scheduler takes, created, read and changed. */
  private static void pod(int i, Way way) {
    String path = COLLECTION + "/p" + i;
    way.send(COLLECTION, "POST", json(i, ""));
    way.send(path, "GET", null);
    way.send(path + "/status", "PUT", json(i, ",\"status\":{\"phase\":\"Running\"}"));
    if (i % 4 < 2) {
      way.send(path, "DELETE", null);
    }
  }

  private HttpRequest request(String method, String path, String body, String accept) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(client.getMasterUrl().toString().replaceAll("/$", "") + path))
        .header("Authorization", "Bearer " + token)
        .header("Accept", accept.isEmpty() ? "application/json" : accept);
    if (body == null || body.isEmpty()) {
      return request.method(method, HttpRequest.BodyPublishers.noBody()).build();
    }
    return request.header("Content-Type", "application/json").method(method, HttpRequest.BodyPublishers.ofString(body)).build();
  }

  private void send(HttpClient http, String method, String path, String body, String accept) {
    HttpResponse<Void> answer = http.sendAsync(request(method, path, body, accept), HttpResponse.BodyHandlers.discarding()).join();
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(method + " " + path + " was answered with " + answer.statusCode());
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
