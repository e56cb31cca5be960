package io.kubrig.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.server.ApiServer;
import io.kubrig.apiserver.server.ApiServerComponent;
import io.kubrig.machinery.component.Environment;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/**
 * What a request costs the API server itself, without socket and client: processor time and allocated bytes of the threads that carry
 * requests, and processor time of the whole process (with collection and compilation). Unlike the time that passes, these hardly depend on
 * what else the machine does.
 *
 * <p>Usage: {@code ApiCost DIRECTORY memory|embedded COUNT THREADS ROUNDS [VERB...]}, the verbs being what to measure (creates and deletes
 * always run). The last round is the one to read: the earlier ones warm up.
 */
public final class ApiCost {
  private static final String PODS = "/api/v1/namespaces/bench/pods";
  private static final int WATCHERS = 1000;
  private static final int WATCHED_CHANGES = 1000;
  private static final List<String> ALWAYS = List.of("create", "delete");

  private final ApiServer server;
  private final int count;
  private final int threads;
  private final List<String> chosen;

  private ApiCost(ApiServer server, int count, int threads, List<String> chosen) {
    this.server = server;
    this.count = count;
    this.threads = threads;
    this.chosen = chosen;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 5) {
      System.err.println("usage: ApiCost DIRECTORY memory|embedded COUNT THREADS ROUNDS [VERB...]");
      System.exit(2);
    }
    Path directory = Path.of(args[0]);
    try (ApiServerComponent component = component(directory, args[1])) {
      component.start();
      new ApiCost(component.server(), Integer.parseInt(args[2]), Integer.parseInt(args[3]), List.of(args).subList(5, args.length))
          .run(Integer.parseInt(args[4]));
    }
    System.exit(0);
  }

  private static ApiServerComponent component(Path directory, String storage) throws IOException {
    Path tokens = Files.writeString(directory.resolve("tokens.csv"), "benchtoken,bench,bench,\"system:masters\"\n");
    List<String> flags =
        List.of(
            "--storage=" + storage, "--data-dir=" + directory.resolve("data"), "--bind-address=127.0.0.1", "--secure-port=" + freePort(),
            "--token-auth-file=" + tokens, "--authorization-mode=Node,RBAC", "--service-cluster-ip-range=10.96.0.0/12");
    Environment environment = Environment.ofProcess((part, reason) -> System.err.println(part + ": " + reason));
    ApiServerComponent.Options options = new ApiServerComponent.Options();
    return options.component(options.flags().parse(flags), environment);
  }

  private static int freePort() throws IOException {
    try (var probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  private void run(int rounds) throws IOException, InterruptedException {
    send("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"bench\"}}");
    send("POST", "/api/v1/namespaces/bench/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
    for (int round = 0; round < rounds; round++) {
      System.out.println("round " + (round + 1));
      measure("create", count, 201, i -> request("POST", PODS, "application/json", BenchPods.json(i)));
      measure("get", count, 200, i -> request("GET", PODS + "/p" + i, "", ""));
      measure("update", count, 200, i -> request("PUT", PODS + "/p" + i + "/status", "application/json", status(i)));
      measure("patch", count, 200,
          i -> request("PATCH", PODS + "/p" + i, "application/merge-patch+json", "{\"metadata\":{\"labels\":{\"x\":\"" + i + "\"}}}"));
      measure("apply", count, 200,
          i -> request("PATCH", PODS + "/p" + i + "?fieldManager=b&force=true", "application/apply-patch+yaml", applied(i)));
      measure("get protobuf", count, 200, i -> accepting("GET", PODS + "/p" + i, "application/vnd.kubernetes.protobuf"));
      measure("list", 20, 200, i -> request("GET", PODS, "", ""));
      measure("list protobuf", 20, 200, i -> accepting("GET", PODS, "application/vnd.kubernetes.protobuf"));
      measure("list by label", 20, 200, i -> request("GET", PODS + "?labelSelector=n%3D7", "", ""));
      watch();
      measure("delete", count, 200, i -> request("DELETE", PODS + "/p" + i + "?gracePeriodSeconds=0", "", ""));
    }
  }

  /** Changes that each of a thousand watchers is told of, as fast as they are written. */
  private void watch() throws InterruptedException, IOException {
    if (!chosen.isEmpty() && !chosen.contains("watch")) {
      return;
    }
    OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    List<DirectExchange> watches = new ArrayList<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < WATCHERS; i++) {
      DirectExchange exchange = request("GET", PODS + "?watch=true&resourceVersion=0", "", "");
      watches.add(exchange);
      readers.add(Thread.ofVirtual().start(() -> answer(exchange, 200, new ArrayList<>())));
    }
    await(watches, count);
    long began = System.nanoTime();
    long cpuBegan = process.getProcessCpuTime();
    for (int i = 0; i < WATCHED_CHANGES; i++) {
      DirectExchange change =
          request("PUT", PODS + "/p" + i % count + "/status", "application/json", status(i % count).replace("Running", "Phase" + i));
      server.handle(change);
      if (change.status() != 200) {
        throw new IOException(change.status() + " " + new String(change.answer(), StandardCharsets.UTF_8));
      }
    }
    await(watches, (long) count + WATCHED_CHANGES);
    double cpu = process.getProcessCpuTime() - cpuBegan;
    long deliveries = (long) WATCHERS * WATCHED_CHANGES;
    System.out.printf(
        Locale.ROOT,
        "{\"what\":\"watch\",\"watchers\":%d,\"changes\":%d,\"changes_per_second\":%.0f,\"deliveries_per_core_second\":%.0f,\"cpu_us_per_delivery\":%.3f}%n",
        WATCHERS, WATCHED_CHANGES, WATCHED_CHANGES / ((System.nanoTime() - began) / 1e9), deliveries / (cpu / 1e9), cpu / 1e3 / deliveries);
    watches.forEach(DirectExchange::leave);
    for (Thread reader : readers) {
      reader.join();
    }
  }

  /** Waits until every watch has had so many events. */
  private static void await(List<DirectExchange> watches, long events) throws InterruptedException {
    for (DirectExchange watch : watches) {
      while (watch.lines() < events) {
        Thread.sleep(1);
      }
    }
  }

  private static String status(int i) {
    return "{\"metadata\":{\"name\":\"p" + i + "\"},\"status\":{\"phase\":\"Running\",\"podIP\":\"10.0.0.1\"}}";
  }

  private static String applied(int i) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p" + i + "\",\"annotations\":{\"applied\":\"yes\"}}}";
  }

  private static Headers headers() {
    return Headers.of("Authorization", "Bearer benchtoken", "User-Agent", "bench/1");
  }

  private static DirectExchange request(String method, String target, String type, String body) {
    Headers headers = headers();
    if (!type.isEmpty()) {
      headers.set("Content-Type", type);
    }
    return new DirectExchange(method, target, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  private static DirectExchange accepting(String method, String target, String type) {
    return new DirectExchange(method, target, headers().set("Accept", type), new byte[0]);
  }

  private void send(String method, String target, String body) throws IOException {
    DirectExchange exchange = request(method, target, "application/json", body);
    server.handle(exchange);
    if (exchange.status() >= 300 && exchange.status() != 409) {
      throw new IOException(exchange.status() + " " + new String(exchange.answer(), StandardCharsets.UTF_8));
    }
  }

  private void measure(String what, int times, int expected, IntFunction<DirectExchange> requests)
      throws InterruptedException, IOException {
    if (!chosen.isEmpty() && !chosen.contains(what) && !ALWAYS.contains(what)) {
      return;
    }
    ThreadMXBean threadClock = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    AtomicInteger next = new AtomicInteger();
    LongAdder cpu = new LongAdder();
    LongAdder bytes = new LongAdder();
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    long began = System.nanoTime();
    long processBegan = process.getProcessCpuTime();
    List<Thread> workers = new ArrayList<>();
    for (int t = 0; t < Math.min(threads, times); t++) {
      workers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    long allocated = threadClock.getCurrentThreadAllocatedBytes();
                    for (int i = next.getAndIncrement(); i < times; i = next.getAndIncrement()) {
                      answer(requests.apply(i), expected, failures);
                    }
                    cpu.add(threadClock.getCurrentThreadCpuTime());
                    bytes.add(threadClock.getCurrentThreadAllocatedBytes() - allocated);
                  }));
    }
    for (Thread worker : workers) {
      worker.join();
    }
    if (!failures.isEmpty()) {
      throw new IOException(what + ": " + failures.size() + " failed, the first with " + failures.getFirst());
    }
    System.out.printf(
        Locale.ROOT,
        "{\"what\":\"%s\",\"count\":%d,\"cpu_us\":%.1f,\"allocated_bytes\":%d,\"process_cpu_us\":%.1f,\"wall_us\":%.1f}%n",
        what, times, cpu.sum() / 1e3 / times, bytes.sum() / times, (process.getProcessCpuTime() - processBegan) / 1e3 / times,
        (System.nanoTime() - began) / 1e3 / times);
  }

  private void answer(DirectExchange exchange, int expected, List<String> failures) {
    try {
      server.handle(exchange);
      if (exchange.status() != expected) {
        failures.add(exchange.status() + " " + new String(exchange.answer(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      failures.add(e.toString());
    }
  }
}
