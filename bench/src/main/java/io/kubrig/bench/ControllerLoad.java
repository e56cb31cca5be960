package io.kubrig.bench;

import io.kubrig.machinery.pki.TrustAnyone;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Gives controllers work and prints, as lines of JSON, how long they took for it, what it cost them and the API server in processor time,
 * and how large they are afterwards. The first line is what their start took.
 *
 * <p>Usage: {@code ControllerLoad URL TOKEN MANAGER_PID SERVER_PID PHASE=COUNT...} where a phase is
 *
 * <ul>
 *   <li>{@code deploy}: one Deployment until it has COUNT pods, and its scaling to nothing;
 *   <li>{@code rolling}: COUNT Deployments of ten pods, whose image then changes;
 *   <li>{@code namespace}: a namespace of COUNT ConfigMaps is deleted;
 *   <li>{@code slice}: COUNT ready pods of a Service, addresses of which change one after the other;
 *   <li>{@code memory}: COUNT pods that no controller made.
 * </ul>
 *
 * <p>No scheduler and no kubelet may run: pods stay unbound and unready, except those that the program itself makes ready.
 */
public final class ControllerLoad {
  private static final String JSON = "application/json";
  private static final int IN_FLIGHT = 16;
  private static final int CHURN = 200;
  private static final int PODS_OF_EACH = 10;
  private static final int PAUSE_MILLIS = 50;
  private static final long PATIENCE_NANOS = 3_600_000_000_000L;
  private static final Pattern REMAINING = Pattern.compile("\"remainingItemCount\":(\\d+)");

  private final URI server;
  private final String token;
  private final ServerProcesses manager;
  private final ServerProcesses api;
  private final SSLContext tls;
  private Connection one;

  private ControllerLoad(String[] args) throws IOException, GeneralSecurityException {
    server = URI.create(args[0]);
    token = args[1];
    manager = new ServerProcesses(List.of(Long.parseLong(args[2])));
    api = new ServerProcesses(List.of(Long.parseLong(args[3])));
    tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {new TrustAnyone()}, null); // this machine's own servers, with keys made a moment ago
    one = new Connection(server, tls);
  }

  public static void main(String[] args) throws IOException, InterruptedException, GeneralSecurityException {
    if (args.length < 5) {
      System.err.println("usage: ControllerLoad URL TOKEN MANAGER_PID SERVER_PID deploy|rolling|namespace|slice|memory=COUNT ...");
      System.exit(2);
    }
    ControllerLoad load = new ControllerLoad(args);
    load.start();
    for (String phase : List.of(args).subList(4, args.length)) {
      String[] parts = phase.split("=");
      load.run(parts[0], Integer.parseInt(parts[1]));
    }
    System.exit(0);
  }

  /** What the manager took since its process began, and how large it is, when it works and has nothing to do. */
  private void start() throws IOException, InterruptedException {
    Figures figures = new Figures("start", 1, 0);
    must("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"load-start\"}}");
    until(() -> status("GET", "/api/v1/namespaces/load-start/serviceaccounts/default", "") == 200);
    quiet();
    figures.print();
  }

  private void run(String phase, int count) throws IOException, InterruptedException {
    String namespace = "load-" + phase;
    must("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}");
    until(() -> status("GET", "/api/v1/namespaces/" + namespace + "/serviceaccounts/default", "") == 200);
    switch (phase) {
      case "deploy" -> deploy(namespace, count);
      case "rolling" -> rolling(namespace, count);
      case "namespace" -> namespace(namespace, count);
      case "slice" -> slice(namespace, count);
      case "memory" -> memory(namespace, count);
      default -> throw new IllegalArgumentException("no such phase: " + phase);
    }
  }

  private void deploy(String namespace, int count) throws IOException, InterruptedException {
    Figures figures = new Figures("deploy", count);
    must("POST", deployments(namespace), deployment("web", count, 1));
    until(() -> count("/api/v1/namespaces/" + namespace + "/pods") >= count);
    figures.print();
    figures = new Figures("scale to nothing", count);
    must("PATCH", deployments(namespace) + "/web", "{\"spec\":{\"replicas\":0}}");
    until(() -> count("/api/v1/namespaces/" + namespace + "/pods") == 0);
    figures.print();
  }

  private void rolling(String namespace, int count) throws IOException, InterruptedException {
    String pods = "/api/v1/namespaces/" + namespace + "/pods";
    Figures figures = new Figures("deployments of ten", count);
    many(count, 201, i -> request("POST", deployments(namespace), deployment("web-" + i, PODS_OF_EACH, 1)));
    until(() -> count(pods) >= count * PODS_OF_EACH);
    figures.print();
    figures = new Figures("rolling", count);
    many(count, 200, i -> request("PATCH", deployments(namespace) + "/web-" + i,
        "{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"round\":\"2\"}}}}}"));
    until(() -> haveRolled(text(deployments(namespace)), count));
    figures.print();
  }

  /** Whether all pods of all Deployments are of the second template, which a Deployment says in its status. */
  private static boolean haveRolled(String deployments, int count) {
    return occurrences(deployments, "\"observedGeneration\":2") == count
        && occurrences(deployments, "\"updatedReplicas\":" + PODS_OF_EACH) == count
        && occurrences(deployments, "\"replicas\":" + PODS_OF_EACH) == 2 * count; // wanted and there
  }

  private void namespace(String namespace, int count) throws IOException, InterruptedException {
    many(count, 201, i -> request("POST", "/api/v1/namespaces/" + namespace + "/configmaps", "{\"metadata\":{\"name\":\"c" + i + "\"}}"));
    Figures figures = new Figures("namespace", count);
    must("DELETE", "/api/v1/namespaces/" + namespace, "");
    until(() -> status("GET", "/api/v1/namespaces/" + namespace, "") == 404);
    figures.print();
  }

  private void slice(String namespace, int count) throws IOException, InterruptedException {
    String pods = "/api/v1/namespaces/" + namespace + "/pods";
    String slices = "/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices";
    many(count, 201, i -> request("POST", pods, "{\"metadata\":{\"name\":\"p" + i + "\",\"labels\":{\"app\":\"web\"}},\"spec\":{"
        + "\"nodeName\":\"load\",\"containers\":[{\"name\":\"c\",\"image\":\"example.com/app:1\"}]}}"));
    must("POST", "/api/v1/nodes", "{\"metadata\":{\"name\":\"load\"}}");
    many(count, 200, i -> request("PATCH", pods + "/p" + i + "/status", ready(i, 77)));
    Figures figures = new Figures("slices", count);
    must("POST", "/api/v1/namespaces/" + namespace + "/services",
        "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"selector\":{\"app\":\"web\"},\"ports\":[{\"port\":80}]}}");
    until(() -> occurrences(text(slices), "\"10.77.") >= count);
    figures.print();
    figures = new Figures("slice churn", CHURN);
    long[] nanos = new long[CHURN];
    try (Lookout lookout = new Lookout(new Connection(server, tls), request("GET", slices + "?watch=true", ""))) {
      for (int i = 0; i < CHURN; i++) {
        lookout.expect("\"" + address(i % count, 78 + i / count) + "\"");
        long began = System.nanoTime();
        must("PATCH", pods + "/p" + i % count + "/status", ready(i % count, 78 + i / count));
        nanos[i] = lookout.seen() - began;
      }
    }
    Arrays.sort(nanos);
    figures.print(String.format(Locale.ROOT, ",\"p50_ms\":%.1f,\"p99_ms\":%.1f", nanos[CHURN / 2] / 1e6, nanos[CHURN * 99 / 100] / 1e6));
  }

  private void memory(String namespace, int count) throws IOException, InterruptedException {
    Figures figures = new Figures("memory", count);
    double before = manager.residentMebibytes();
    many(count, 201, i -> request("POST", "/api/v1/namespaces/" + namespace + "/pods", BenchPods.json(i)));
    awaitKnown(namespace);
    quiet();
    figures.print(String.format(Locale.ROOT, ",\"kib_per_pod\":%.2f", (manager.residentMebibytes() - before) * 1024 / count));
  }

  /** Waits until the manager has digested everything. */
  private void quiet() throws IOException, InterruptedException {
    double spent;
    do {
      spent = manager.processorSeconds();
      Thread.sleep(100 * PAUSE_MILLIS);
    } while (manager.processorSeconds() - spent > 0.5);
  }

  /** Waits until the manager knows of all pods that are there: of one that was made last its slices tell. A watch keeps the order. */
  private void awaitKnown(String namespace) throws IOException, InterruptedException {
    String pods = "/api/v1/namespaces/" + namespace + "/pods";
    must("POST", "/api/v1/nodes", "{\"metadata\":{\"name\":\"last\"}}");
    must("POST", "/api/v1/namespaces/" + namespace + "/services",
        "{\"metadata\":{\"name\":\"last\"},\"spec\":{\"selector\":{\"app\":\"last\"},\"ports\":[{\"port\":80}]}}");
    must("POST", pods, "{\"metadata\":{\"name\":\"last\",\"labels\":{\"app\":\"last\"}},\"spec\":{"
        + "\"nodeName\":\"last\",\"containers\":[{\"name\":\"c\",\"image\":\"example.com/app:1\"}]}}");
    must("PATCH", pods + "/last/status", ready(0, 99));
    until(() -> text("/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices").contains("\"" + address(0, 99) + "\""));
  }

  /** What was spent since its making. */
  private final class Figures {
    private final String what;
    private final int count;
    private final long began = System.nanoTime();
    private final double managerSpent;
    private final double apiSpent = api.processorSeconds();

    Figures(String what, int count) throws IOException {
      this(what, count, manager.processorSeconds());
    }

    Figures(String what, int count, double managerSpent) throws IOException {
      this.what = what;
      this.count = count;
      this.managerSpent = managerSpent;
    }

    void print() throws IOException {
      print("");
    }

    void print(String more) throws IOException {
      System.out.printf(Locale.ROOT, "{\"what\":\"%s\",\"count\":%d,\"seconds\":%.2f,\"manager_cpu_seconds\":%.2f,"
          + "\"server_cpu_seconds\":%.2f,\"manager_rss_mib\":%.0f%s}%n", what, count, (System.nanoTime() - began) / 1e9,
          manager.processorSeconds() - managerSpent, api.processorSeconds() - apiSpent, manager.residentMebibytes(), more);
    }
  }

  private static String deployments(String namespace) {
    return "/apis/apps/v1/namespaces/" + namespace + "/deployments";
  }

  /** Without kubelets no pod becomes ready, so that nothing may depend on it. */
  private static String deployment(String name, int replicas, int round) {
    return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"replicas\":" + replicas
        + ",\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"100%\",\"maxUnavailable\":\"100%\"}}"
        + ",\"selector\":{\"matchLabels\":{\"app\":\"" + name + "\"}}"
        + ",\"template\":{\"metadata\":{\"labels\":{\"app\":\"" + name + "\",\"round\":\"" + round + "\"}}"
        + ",\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"example.com/app:1\"}]}}}}";
  }

  private static String address(int pod, int net) {
    return "10." + net + "." + pod / 200 + "." + (pod % 200 + 1);
  }

  private static String ready(int pod, int net) {
    String ip = address(pod, net);
    return "{\"status\":{\"phase\":\"Running\",\"podIP\":\"" + ip + "\",\"podIPs\":[{\"ip\":\"" + ip
        + "\"}],\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}";
  }

  private static int occurrences(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }

  /** The number of objects, from the answer for one of them. */
  private int count(String path) throws IOException {
    String first = text(path + "?limit=1");
    Matcher remaining = REMAINING.matcher(first);
    return remaining.find() ? 1 + Integer.parseInt(remaining.group(1)) : first.contains("\"items\":[]") ? 0 : 1;
  }

  private interface Question {
    boolean ask() throws IOException;
  }

  private static void until(Question question) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!question.ask()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the controllers did not get there within an hour");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private void many(int count, int expected, IntFunction<byte[]> requests) throws IOException, InterruptedException {
    try (Load load = Load.open(server, tls, IN_FLIGHT, request("GET", "/version", ""), api)) {
      load.run(count, expected, requests);
    }
  }

  private String text(String path) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int status = call(request("GET", path, ""), body::write);
    if (status != 200) {
      throw new IOException("GET " + path + ": " + status);
    }
    return body.toString(StandardCharsets.UTF_8);
  }

  private int status(String method, String path, String body) throws IOException {
    return call(request(method, path, body), Connection.Body.NOBODY);
  }

  /** Servers close connections that were not used for a while; such a one is replaced. */
  private int call(byte[] request, Connection.Body body) throws IOException {
    try {
      return one.call(request, body);
    } catch (EOFException e) {
      one.close();
      one = new Connection(server, tls);
      return one.call(request, body);
    }
  }

  private void must(String method, String path, String body) throws IOException {
    int status = status(method, path, body);
    if (status >= 300) {
      throw new IOException(method + " " + path + ": " + status);
    }
  }

  private byte[] request(String method, String path, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : JSON;
    return Connection.request(method, server, path, token, type, JSON, body.getBytes(StandardCharsets.UTF_8));
  }
}
