package io.kubrig.scheduler.extender;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.component.StartException;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP extender protocol of kube-scheduler, answered by our plugins: {@code POST /filter, /prioritize, /preempt, /bind}. Whether the
 * caller keeps a cache of nodes (names are sent) or not (whole nodes are sent) is seen from the request.
 *
 * <p>Plain HTTP without authentication, as the protocol is: bind it to the loopback address beside the scheduler it serves, or to a network
 * that only this scheduler reaches.
 *
 * <p>Source: package k8s.io/kube-scheduler/extender/v1.
 */
public final class ExtenderServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExtenderServer.class);
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  /** Has something done on the scheduling thread. */
  public interface SchedulingThread {
    <T> T ask(Callable<T> question) throws InterruptedException;
  }

  private final SchedulingThread thread;
  private final ExtenderService service;
  private final ClusterApi api;
  private final HttpServer server;

  /** Serves from now on. */
  public ExtenderServer(InetSocketAddress address, SchedulingThread thread, ExtenderService service, ClusterApi api) {
    this.thread = thread;
    this.service = service;
    this.api = api;
    try {
      server = HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new StartException("failed to listen for extender requests on " + address + ": " + e.getMessage(), e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/filter", e -> serve(e, this::filter));
    server.createContext("/prioritize", e -> serve(e, this::prioritize));
    server.createContext("/preempt", e -> serve(e, this::preempt));
    server.createContext("/bind", e -> serve(e, this::bind));
    server.start();
    LOG.info("Serving as a scheduler extender on {}", server.getAddress());
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private interface Verb {
    Object answer(Map<?, ?> request) throws InterruptedException;
  }

  private static void serve(HttpExchange exchange, Verb verb) throws IOException {
    try (exchange) {
      byte[] body;
      int code = 200;
      try {
        Map<?, ?> request = JSON.unmarshal(exchange.getRequestBody(), Map.class);
        body = JSON.asJson(verb.answer(request)).getBytes(StandardCharsets.UTF_8);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        body = new byte[0];
        code = 503;
      } catch (RuntimeException e) {
        LOG.warn("An extender request to {} failed: {}", exchange.getRequestURI(), e.getMessage());
        body = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
        code = 500;
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Pod pod(Map<?, ?> request) {
    return Pod.of(JSON.convertValue(request.get("Pod"), io.fabric8.kubernetes.api.model.Pod.class));
  }

  private static boolean sendsNames(Map<?, ?> request) {
    return request.get("NodeNames") instanceof List<?>;
  }

  private static List<String> nodes(Map<?, ?> request) {
    List<String> out = new ArrayList<>();
    if (request.get("NodeNames") instanceof List<?> names) {
      names.forEach(n -> out.add((String) n));
    } else if (request.get("Nodes") instanceof Map<?, ?> list && list.get("items") instanceof List<?> items) {
      items.forEach(n -> out.add(name(n)));
    }
    return out;
  }

  private static String name(Object node) {
    return (String) ((Map<?, ?>) ((Map<?, ?>) node).get("metadata")).get("name");
  }

  private Object filter(Map<?, ?> request) throws InterruptedException {
    Pod pod = pod(request);
    Map<String, Object> out = new LinkedHashMap<>();
    try {
      Extender.Filtered answer = thread.ask(() -> service.filter(pod, nodes(request)));
      if (sendsNames(request)) {
        out.put("NodeNames", answer.nodes());
      } else {
        List<?> items = (List<?>) ((Map<?, ?>) request.get("Nodes")).get("items");
        out.put("Nodes", Map.of("metadata", Map.of(), "items", items.stream().filter(n -> answer.nodes().contains(name(n))).toList()));
      }
      out.put("FailedNodes", answer.failed());
      out.put("FailedAndUnresolvableNodes", answer.unresolvable());
      out.put("Error", "");
    } catch (RuntimeException e) {
      out.put("Error", String.valueOf(e.getMessage()));
    }
    return out;
  }

  private Object prioritize(Map<?, ?> request) throws InterruptedException {
    Pod pod = pod(request);
    List<Object> out = new ArrayList<>();
    thread.ask(() -> service.prioritize(pod, nodes(request))).forEach((host, score) -> out.add(Map.of("Host", host, "Score", score)));
    return out;
  }

  private Object preempt(Map<?, ?> request) throws InterruptedException {
    Pod pod = pod(request);
    Map<String, List<String>> victims = new LinkedHashMap<>();
    Map<String, Long> violations = new LinkedHashMap<>();
    Object meta = request.get("NodeNameToMetaVictims");
    Object byNode = meta instanceof Map<?, ?> ? meta : request.get("NodeNameToVictims");
    if (byNode instanceof Map<?, ?> m) {
      m.forEach((node, v) -> {
        Map<?, ?> proposed = (Map<?, ?>) v;
        List<String> uids = new ArrayList<>();
        if (proposed.get("Pods") instanceof List<?> pods) {
          pods.forEach(p -> uids.add(uid((Map<?, ?>) p)));
        }
        victims.put((String) node, uids);
        violations.put((String) node, proposed.get("NumPDBViolations") instanceof Number n ? n.longValue() : 0L);
      });
    }
    Map<String, Object> kept = new LinkedHashMap<>();
    thread.ask(() -> service.preempt(pod, victims, violations)).forEach((node, v) -> kept.put(node, Map.of(
        "Pods", v.pods().stream().map(p -> Map.of("UID", p.uid())).toList(), "NumPDBViolations", v.budgetViolations())));
    return Map.of("NodeNameToMetaVictims", kept);
  }

  private static String uid(Map<?, ?> pod) {
    return pod.get("UID") instanceof String uid ? uid : (String) ((Map<?, ?>) pod.get("metadata")).get("uid");
  }

  private Object bind(Map<?, ?> request) {
    try {
      api.bind(new PodRef((String) request.get("PodNamespace"), (String) request.get("PodName"), (String) request.get("PodUID")),
          (String) request.get("Node"));
      return Map.of("Error", "");
    } catch (ClusterApiException e) {
      return Map.of("Error", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
