package io.kubrig.scheduler.vectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** The extenders of the vectors that have some: they answer as the vector says and remember how they were called. */
final class FakeExtenders implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MemoryCluster cluster;
  private final Map<String, Object> rules;
  private final HttpServer server;
  private final List<Map<String, Object>> calls = new CopyOnWriteArrayList<>();

  FakeExtenders(MemoryCluster cluster, Map<String, Object> rules) {
    this.cluster = cluster;
    this.rules = rules;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** What differs from an expected call; a null expectation: there must be none. */
  String difference(String path, Object want) {
    List<Map<String, Object>> made = calls.stream().filter(c -> c.get("path").equals(path)).toList();
    if (want == null) {
      return made.isEmpty() ? null : "extender " + path + ": expected no call, got " + made;
    }
    return made.stream().anyMatch(c -> Checker.contains(want, c)) ? null : "extender " + path + ": no call like " + want + ", got " + made;
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(1);
      Map<String, Object> body = Vector.map(JSON.readValue(exchange.getRequestBody(), Map.class));
      Map<String, Object> rule = Vector.map(Vector.map(rules, path.substring(0, path.indexOf('/'))), path.substring(path.indexOf('/') + 1));
      Object answer = answer(path, body, rule);
      byte[] text = JSON.writeValueAsBytes(answer);
      int status = rule.get("status") == null ? 200 : (int) Vector.number(rule, "status");
      exchange.sendResponseHeaders(status, text.length);
      exchange.getResponseBody().write(text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Object answer(String path, Map<String, Object> body, Map<String, Object> rule) throws InterruptedException {
    String verb = path.substring(path.indexOf('/') + 1);
    Map<String, Object> call = new HashMap<>();
    call.put("path", path);
    call.put("pod", body.get("Pod") == null ? body.get("PodName") : Vector.map(Vector.map(body, "Pod"), "metadata").get("name"));
    List<String> nodes = nodes(verb, body, call);
    call.put("nodes", nodes);
    calls.add(call);
    if (rule.get("delayMs") != null) {
      Clock.system().sleep(Duration.ofMillis(Vector.number(rule, "delayMs")));
    }
    if (rule.get("error") != null) {
      return Map.of("Error", rule.get("error"));
    }
    return switch (verb) {
      case "filter" -> filter(body, rule, nodes);
      case "prioritize" -> nodes.stream().map(n -> Map.of("Host", n, "Score", Vector.number(Vector.map(rule, "scores"), n))).toList();
      case "preempt" -> preempt(Vector.map(body.get("NodeNameToVictims") != null ? body.get("NodeNameToVictims")
          : body.get("NodeNameToMetaVictims")), rule);
      default -> {
        cluster.bind(new PodRef((String) body.get("PodNamespace"), (String) body.get("PodName"), (String) body.get("PodUID")),
            (String) body.get("Node"));
        yield Map.of("Error", "");
      }
    };
  }

  private static List<String> nodes(String verb, Map<String, Object> body, Map<String, Object> call) {
    if (verb.equals("bind")) {
      call.put("form", "Binding");
      return List.of((String) body.get("Node"));
    }
    if (verb.equals("preempt")) {
      boolean full = body.get("NodeNameToVictims") != null;
      call.put("form", full ? "NodeNameToVictims" : "NodeNameToMetaVictims");
      Map<String, Object> byNode = new TreeMap<>(Vector.map(body, (String) call.get("form")));
      if (full) {
        Map<String, Object> victims = new HashMap<>();
        byNode.forEach((n, v) -> victims.put(n, Vector.<Map<String, Object>>list(Vector.map(v), "Pods").stream()
            .map(p -> (String) Vector.map(p, "metadata").get("name")).sorted().toList()));
        call.put("victims", victims);
      }
      return List.copyOf(byNode.keySet());
    }
    if (body.get("Nodes") != null) {
      call.put("form", "Nodes");
      return Vector.<Map<String, Object>>list(Vector.map(body, "Nodes"), "items").stream()
          .map(n -> (String) Vector.map(n, "metadata").get("name")).sorted().toList();
    }
    call.put("form", "NodeNames");
    return Vector.<String>list(body, "NodeNames").stream().sorted().toList();
  }

  private static Map<String, Object> filter(Map<String, Object> body, Map<String, Object> rule, List<String> nodes) {
    Map<String, Object> failed = new HashMap<>(Vector.map(rule, "fail"));
    Map<String, Object> hard = new HashMap<>(Vector.map(rule, "failUnresolvable"));
    if (rule.get("keep") != null) {
      List<String> keep = Vector.list(rule, "keep");
      nodes.stream().filter(n -> !keep.contains(n) && !hard.containsKey(n))
          .forEach(n -> failed.putIfAbsent(n, rule.getOrDefault("message", "refused by extender")));
    }
    failed.keySet().retainAll(nodes);
    hard.keySet().retainAll(nodes);
    List<String> kept = nodes.stream().filter(n -> !failed.containsKey(n) && !hard.containsKey(n)).toList();
    Map<String, Object> out = new LinkedHashMap<>(Map.of("FailedNodes", failed, "FailedAndUnresolvableNodes", hard, "Error", ""));
    if (body.get("Nodes") != null) {
      out.put("Nodes", Map.of("items", Vector.<Map<String, Object>>list(Vector.map(body, "Nodes"), "items").stream()
          .filter(n -> kept.contains(Vector.map(n, "metadata").get("name"))).toList()));
    } else {
      out.put("NodeNames", kept);
    }
    return out;
  }

  private static Map<String, Object> preempt(Map<String, Object> byNode, Map<String, Object> rule) {
    List<String> keep = rule.get("keep") == null ? List.copyOf(byNode.keySet()) : Vector.list(rule, "keep");
    Map<String, Object> out = new LinkedHashMap<>();
    byNode.forEach((node, v) -> {
      if (keep.contains(node)) {
        List<Object> uids = new ArrayList<>();
        Vector.<Map<String, Object>>list(Vector.map(v), "Pods").forEach(p ->
            uids.add(Map.of("UID", p.containsKey("metadata") ? Vector.map(p, "metadata").get("uid") : p.get("UID"))));
        out.put(node, Map.of("Pods", uids, "NumPDBViolations", Vector.number(Vector.map(v), "NumPDBViolations")));
      }
    });
    return Map.of("NodeNameToMetaVictims", out);
  }
}
