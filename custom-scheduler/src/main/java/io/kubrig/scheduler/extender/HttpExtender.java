package io.kubrig.scheduler.extender;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.tracing.Tracing;
import io.kubrig.scheduler.config.ExtenderConfiguration;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An extender reached by HTTP, in the wire format of kube-scheduler's extender/v1. */
final class HttpExtender implements Extender {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final ExtenderConfiguration configuration;
  private final HttpClient http;

  HttpExtender(ExtenderConfiguration configuration) {
    this.configuration = configuration;
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(configuration.httpTimeout());
    if (configuration.tls().isGiven()) {
      builder.sslContext(ExtenderTls.context(configuration.tls()));
    }
    this.http = builder.build();
  }

  @Override
  public String name() {
    return configuration.urlPrefix();
  }

  @Override
  public boolean isInterested(Pod pod) {
    return configuration.managed().isEmpty() || configuration.managed().keySet().stream().anyMatch(pod.spec().requests().named()::contains);
  }

  @Override
  public boolean isIgnorable() {
    return configuration.traits().ignorable();
  }

  @Override
  public boolean filters() {
    return !configuration.verbs().filter().isEmpty();
  }

  @Override
  public boolean prioritizes() {
    return !configuration.verbs().prioritize().isEmpty();
  }

  @Override
  public boolean binds() {
    return !configuration.verbs().bind().isEmpty();
  }

  @Override
  public boolean preempts() {
    return !configuration.verbs().preempt().isEmpty();
  }

  @Override
  public int weight() {
    return configuration.weight();
  }

  private Map<String, Object> arguments(Pod pod, List<NodeInfo> nodes) {
    Map<String, Object> args = new LinkedHashMap<>();
    args.put("Pod", pod.source());
    if (configuration.traits().nodeCacheCapable()) {
      args.put("Nodes", null);
      args.put("NodeNames", nodes.stream().map(NodeInfo::name).toList());
    } else {
      args.put("Nodes", Map.of("metadata", Map.of(), "items", nodes.stream().map(n -> n.node().source()).toList()));
      args.put("NodeNames", null);
    }
    return args;
  }

  @Override
  public Filtered filter(Pod pod, List<NodeInfo> nodes) throws ExtenderException {
    Map<?, ?> answer = (Map<?, ?>) send(configuration.verbs().filter(), arguments(pod, nodes));
    throwError(answer);
    List<String> kept = new ArrayList<>();
    if (configuration.traits().nodeCacheCapable() && answer.get("NodeNames") instanceof List<?> names) {
      names.forEach(n -> kept.add((String) n));
    } else if (answer.get("Nodes") instanceof Map<?, ?> list && list.get("items") instanceof List<?> items) {
      items.forEach(n -> kept.add((String) ((Map<?, ?>) ((Map<?, ?>) n).get("metadata")).get("name")));
    }
    return new Filtered(kept, texts(answer.get("FailedNodes")), texts(answer.get("FailedAndUnresolvableNodes")));
  }

  private static Map<String, String> texts(Object map) {
    Map<String, String> out = new HashMap<>();
    if (map instanceof Map<?, ?> m) {
      m.forEach((k, v) -> out.put((String) k, (String) v));
    }
    return out;
  }

  private static void throwError(Map<?, ?> answer) throws ExtenderException {
    if (answer.get("Error") instanceof String error && !error.isEmpty()) {
      throw new ExtenderException(error);
    }
  }

  @Override
  public Map<String, Long> prioritize(Pod pod, List<NodeInfo> nodes) throws ExtenderException {
    Map<String, Long> out = new HashMap<>();
    for (Object o : (List<?>) send(configuration.verbs().prioritize(), arguments(pod, nodes))) {
      Map<?, ?> score = (Map<?, ?>) o;
      out.put((String) score.get("Host"), ((Number) score.get("Score")).longValue());
    }
    return out;
  }

  @Override
  public Map<String, Victims> preempt(Pod pod, Map<String, Victims> candidates) throws ExtenderException {
    boolean meta = configuration.traits().nodeCacheCapable();
    Map<String, Object> byNode = new LinkedHashMap<>();
    candidates.forEach((node, v) -> byNode.put(node, Map.of("NumPDBViolations", v.budgetViolations(),
        "Pods", v.pods().stream().map(p -> meta ? Map.of("UID", p.uid()) : p.source()).toList())));
    Map<String, Object> args = new LinkedHashMap<>();
    args.put("Pod", pod.source());
    args.put(meta ? "NodeNameToMetaVictims" : "NodeNameToVictims", byNode);
    Map<?, ?> answer = (Map<?, ?>) send(configuration.verbs().preempt(), args);
    Map<String, Victims> out = new LinkedHashMap<>();
    if (answer.get("NodeNameToMetaVictims") instanceof Map<?, ?> kept) {
      for (Map.Entry<?, ?> e : kept.entrySet()) {
        out.put((String) e.getKey(), victims((String) e.getKey(), (Map<?, ?>) e.getValue(), candidates));
      }
    }
    return out;
  }

  /** The victims an extender names by uid; only pods that were proposed can be named. */
  private Victims victims(String node, Map<?, ?> answer, Map<String, Victims> candidates) throws ExtenderException {
    Victims proposed = candidates.get(node);
    List<Pod> pods = new ArrayList<>();
    for (Object o : answer.get("Pods") instanceof List<?> l ? l : List.of()) {
      Object uid = ((Map<?, ?>) o).get("UID");
      pods.add(proposed == null ? null : proposed.pods().stream().filter(p -> p.uid().equals(uid)).findFirst().orElse(null));
    }
    if (pods.contains(null)) {
      throw new ExtenderException("extender: " + name() + " claims to preempt a pod on node " + node + " that was not proposed");
    }
    long violations = answer.get("NumPDBViolations") instanceof Number n ? n.longValue() : 0;
    return new Victims(List.copyOf(pods), violations);
  }

  @Override
  public void bind(Pod pod, String node) throws ExtenderException {
    throwError((Map<?, ?>) send(configuration.verbs().bind(),
        Map.of("PodName", pod.name(), "PodNamespace", pod.namespace(), "PodUID", pod.uid(), "Node", node)));
  }

  private Object send(String verb, Object body) throws ExtenderException {
    URI uri = URI.create(configuration.urlPrefix().replaceAll("/$", "") + "/" + verb);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(configuration.httpTimeout())
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.asJson(body)));
    Tracing.inject(request::setHeader);
    try {
      HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new ExtenderException("failed " + verb + " with extender at URL " + uri + ", code " + answer.statusCode());
      }
      return JSON.unmarshal(answer.body(), Object.class);
    } catch (IOException e) {
      throw new ExtenderException("Post \"" + uri + "\": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExtenderException("interrupted");
    }
  }
}
