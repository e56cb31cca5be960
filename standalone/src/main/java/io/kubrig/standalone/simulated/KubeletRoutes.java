package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.kubelet.logs.LogOptions;
import io.kubrig.kubelet.pod.Containers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The paths of the kubelet's API that simulated nodes have, with the real kubelet's answers. */
final class KubeletRoutes implements Handler, AutoCloseable {
  private final SimulatedKubelets kubelets;
  private final Set<Thread> streaming = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  KubeletRoutes(SimulatedKubelets kubelets) {
    this.kubelets = kubelets;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    List<String> parts = List.of(exchange.rawPath().substring(1).split("/"));
    switch (parts.getFirst()) {
      case "containerLogs" -> containerLogs(exchange, parts);
      case "exec", "attach" -> stream(exchange, parts);
      case "portForward" -> answer(exchange, 500, "simulated pods listen on no ports\n");
      case "healthz" -> answer(exchange, 200, "ok");
      case "pods" -> pods(exchange);
      default -> answer(exchange, 404, "404 page not found\n");
    }
  }

  private static void answer(Exchange exchange, int status, String text) throws IOException {
    exchange.respond(status, Headers.of("Content-Type", "text/plain; charset=utf-8"), text.getBytes(StandardCharsets.UTF_8));
  }

  private void pods(Exchange exchange) throws IOException {
    String list = Serialization.asJson(new PodListBuilder().withItems(kubelets.pods()).build());
    exchange.respond(200, Headers.of("Content-Type", "application/json"), list.getBytes(StandardCharsets.UTF_8));
  }

  // ---- logs ----------------------------------------------------------------------------------------------------------

  private void containerLogs(Exchange exchange, List<String> parts) throws IOException {
    Optional<Pod> pod = parts.size() == 4 ? kubelets.pod(parts.get(1), parts.get(2)) : Optional.empty();
    if (pod.isEmpty()) {
      answer(exchange, 404, parts.size() == 4 ? "pod \"" + parts.get(2) + "\" does not exist\n" : "404 page not found\n");
      return;
    }
    String container = parts.get(3);
    if (Containers.find(pod.get(), container).isEmpty()) {
      answer(exchange, 404, "container \"" + container + "\" not found in pod \"" + parts.get(2) + "\"\n");
      return;
    }
    Map<String, String> query = new HashMap<>();
    Query.parse(exchange.rawQuery()).asMap().forEach((key, values) -> query.put(key, values.getFirst()));
    try {
      LogOptions options = LogOptions.parse(query, kubelets.clock().now());
      send(exchange, pod.get(), container, options);
    } catch (IllegalArgumentException e) {
      answer(exchange, 400, e.getMessage());
    }
  }

  private void send(Exchange exchange, Pod pod, String container, LogOptions options) throws IOException {
    Optional<ContainerLog> log = kubelets.log(pod, container, options.previous());
    String where = "container \"" + container + "\" in pod \"" + pod.getMetadata().getName() + "\" ";
    if (log.isEmpty()) {
      String why = options.previous() ? "previous terminated " + where + "not found" : where + "is waiting to start: ContainerCreating";
      answer(exchange, 400, why);
      return;
    }
    try (Exchange.ResponseStream out = exchange.stream(200, Headers.of("Content-Type", "text/plain"))) {
      log.get().copyTo(exchange, out, options);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- exec and attach -----------------------------------------------------------------------------------------------

  private void stream(Exchange exchange, List<String> parts) throws IOException {
    Optional<Pod> pod = parts.size() == 4 ? kubelets.pod(parts.get(1), parts.get(2)) : Optional.empty();
    if (pod.isEmpty()) {
      answer(exchange, 404, "pod does not exist");
      return;
    }
    String container = parts.get(3);
    if (!kubelets.runs(pod.get(), container)) {
      answer(exchange, 500, "container not found (\"" + container + "\")");
      return;
    }
    Query query = Query.parse(exchange.rawQuery());
    boolean exec = parts.getFirst().equals("exec");
    Thread thread = Thread.currentThread();
    streaming.add(thread);
    try {
      if (exec) {
        List<String> command = List.copyOf(query.all("command"));
        CommandStreams.serve(exchange, query, command, streams -> exec(pod.get(), container, command, streams));
      } else {
        ContainerLog log = kubelets.log(pod.get(), container, false).orElseThrow();
        int from = log.size(); // before the client learns that it is attached
        CommandStreams.serve(exchange, query, List.of(), streams -> attach(log, from, streams));
      }
    } finally {
      streaming.remove(thread);
    }
  }

  private int exec(Pod pod, String container, List<String> command, CommandStreams streams) throws IOException, InterruptedException {
    if (closed) {
      throw new IOException("the node is gone");
    }
    return kubelets.handler(pod)
        .run(new ExecCall(pod, container, command, streams.isOn("tty"), streams.input(), streams.output(), streams.error()));
  }

  /** What the container writes from a line on. What is sent to it is not read. */
  private static int attach(ContainerLog log, int from, CommandStreams streams) throws IOException, InterruptedException {
    OutputStream out = streams.output();
    AtomicBoolean gone = new AtomicBoolean(); // a client that leaves interrupts
    int at = from;
    for (Optional<List<ContainerLog.Line>> next = log.after(at, true, gone); next.isPresent(); next = log.after(at, true, gone)) {
      for (ContainerLog.Line line : next.get()) {
        out.write((line.text() + "\n").getBytes(StandardCharsets.UTF_8));
      }
      at += next.get().size();
    }
    return 0;
  }

  /** Ends the commands that still run. */
  @Override
  public void close() {
    closed = true;
    streaming.forEach(Thread::interrupt);
  }
}
