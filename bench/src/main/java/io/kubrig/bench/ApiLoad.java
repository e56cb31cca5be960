package io.kubrig.bench;

import io.kubrig.machinery.pki.TrustAnyone;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Loads an API server, or etcd through its HTTP gateway, and prints what it did as lines of JSON: for the time that passed, which depends
 * on what else the machine does, and per second of the server's own processor time.
 *
 * <p>Usage: {@code ApiLoad URL TOKEN PIDS COUNT IN_FLIGHT NAMESPACE PHASE...} where a phase is {@code warmup}, {@code creates}, {@code
 * gets}, {@code lists}, {@code watch} or {@code puts} (etcd only); {@code COUNT} pods are those of the namespace.
 */
public final class ApiLoad {
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  private static final int WARMING_REQUESTS = 3000;

  private final URI server;
  private final String token;
  private final ServerProcesses processes;
  private final int count;
  private final String namespace;
  private final SSLContext tls;
  private final Load load;

  private ApiLoad(String[] args) throws GeneralSecurityException, IOException {
    server = URI.create(args[0]);
    token = args[1];
    processes = new ServerProcesses(Stream.of(args[2].split(",")).map(Long::parseLong).toList());
    count = Integer.parseInt(args[3]);
    namespace = args[5];
    tls = server.getScheme().equals("https") ? believing() : null;
    load = Load.open(server, tls, Integer.parseInt(args[4]), request("GET", "/version", JSON, ""), processes);
  }

  /** The servers measured are this machine's own, with keys made a moment ago. */
  private static SSLContext believing() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAnyone()}, null);
    return context;
  }

  public static void main(String[] args) throws IOException, InterruptedException, GeneralSecurityException {
    if (args.length < 7) {
      System.err.println("usage: ApiLoad URL TOKEN PIDS COUNT IN_FLIGHT NAMESPACE warmup|creates|gets|lists|watch|puts ...");
      System.exit(2);
    }
    ApiLoad api = new ApiLoad(args);
    for (String phase : List.of(args).subList(6, args.length)) {
      api.run(phase);
    }
    System.exit(0);
  }

  private void run(String phase) throws IOException, InterruptedException, GeneralSecurityException {
    switch (phase) {
      case "warmup" -> load.run(WARMING_REQUESTS, 200, i -> request("GET", "/version", JSON, ""));
      case "creates" -> creates();
      case "gets" -> report(load.run(count, 200, i -> request("GET", pods() + "/p" + i, JSON, "")).json("gets"));
      case "lists" -> lists();
      case "watch" -> report(new WatchLoad(server, tls, token, namespace, processes).run(count));
      case "puts" -> puts();
      default -> throw new IllegalArgumentException("no such phase: " + phase);
    }
  }

  private void creates() throws IOException, InterruptedException {
    try (Connection one = new Connection(server, tls)) {
      one.call(request("POST", "/api/v1/namespaces", JSON, "{\"metadata\":{\"name\":\"" + namespace + "\"}}"), Connection.Body.NOBODY);
      one.call(request("POST", "/api/v1/namespaces/" + namespace + "/serviceaccounts", JSON, "{\"metadata\":{\"name\":\"default\"}}"),
          Connection.Body.NOBODY);
    }
    double before = processes.residentMebibytes();
    report(load.run(count, 201, i -> request("POST", pods(), JSON, BenchPods.json(i))).json("creates"));
    double after = processes.residentMebibytes();
    report(String.format(Locale.ROOT, "{\"what\":\"memory\",\"before_mib\":%.0f,\"after_mib\":%.0f,\"kib_per_pod\":%.2f}", before, after,
        (after - before) * 1024 / count));
  }

  private void lists() throws IOException {
    for (String type : List.of(JSON, PROTOBUF)) {
      list(type);
    }
  }

  private void list(String type) throws IOException {
    List<Double> seconds = new ArrayList<>();
    double spent;
    long[] bytes = new long[1];
    processes.forgetPeak();
    double before = processes.residentMebibytes();
    int rounds = 5;
    try (Connection one = new Connection(server, tls)) {
      byte[] request = request("GET", pods(), type, "");
      one.call(request, Connection.Body.NOBODY); // has the values in a form that later ones reuse, where a server keeps one
      spent = processes.processorSeconds();
      for (int round = 0; round < rounds; round++) {
        bytes[0] = 0;
        long began = System.nanoTime();
        one.call(request, (buffer, from, to) -> bytes[0] += to - from);
        seconds.add((System.nanoTime() - began) / 1e9);
      }
    }
    seconds.sort(null);
    report(String.format(
        Locale.ROOT,
        "{\"what\":\"list\",\"type\":\"%s\",\"count\":%d,\"bytes\":%d,\"seconds\":%.3f,\"server_cpu_seconds\":%.3f,\"rss_before_mib\":%.0f,"
            + "\"rss_peak_mib\":%.0f}",
        type.equals(JSON) ? "json" : "protobuf", count, bytes[0], seconds.get(rounds / 2), (processes.processorSeconds() - spent) / rounds,
        before, processes.peakMebibytes()));
  }

  private void puts() throws IOException, InterruptedException {
    Base64.Encoder base64 = Base64.getEncoder();
    String value = base64.encodeToString(BenchPods.json(0).getBytes(StandardCharsets.UTF_8));
    report(load.run(
        count, 200,
        i -> {
          String key = base64.encodeToString(("/registry/pods/bench/p" + i).getBytes(StandardCharsets.UTF_8));
          return request("POST", "/v3/kv/put", JSON, "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}");
        }).json("puts"));
  }

  private String pods() {
    return "/api/v1/namespaces/" + namespace + "/pods";
  }

  private byte[] request(String method, String path, String accept, String body) {
    return Connection.request(method, server, path, token, JSON, accept, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void report(String line) {
    System.out.println(line);
  }
}
