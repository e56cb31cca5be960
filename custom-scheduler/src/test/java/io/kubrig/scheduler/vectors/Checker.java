package io.kubrig.scheduler.vectors;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Compares what became of the pods with what a vector expects. */
final class Checker {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("patience", 8));

  private final MemoryCluster cluster;
  private Player player;
  private final FakeExtenders extenders;

  Checker(MemoryCluster cluster, FakeExtenders extenders) {
    this.cluster = cluster;
    this.extenders = extenders;
  }

  void setPlayer(Player player) {
    this.player = player;
  }

  /** Waits until there is no difference any more; fails when patience ends. */
  void await(Map<String, Object> step, String onlyPod) throws InterruptedException {
    if (step.get("quietMs") != null && onlyPod == null) {
      Clock.system().sleep(Duration.ofMillis(Vector.number(step, "quietMs")));
    }
    until(cluster, () -> difference(step, onlyPod));
  }

  static void until(MemoryCluster cluster, Supplier<String> difference) throws InterruptedException {
    long end = Clock.system().nanos() + PATIENCE.toNanos();
    for (String d = difference.get(); d != null; d = difference.get()) {
      if (Clock.system().nanos() > end) {
        throw new AssertionError(d);
      }
      cluster.awaitChange(20);
    }
  }

  private String difference(Map<String, Object> step, String onlyPod) {
    List<Map<String, Object>> alternatives = Vector.list(step, "expectAnyOf");
    if (alternatives.isEmpty()) {
      return differenceTo(step, Vector.map(step, "expect"), onlyPod);
    }
    String last = null;
    for (Map<String, Object> a : alternatives) {
      Map<String, Object> merged = new HashMap<>(Vector.map(step, "expect"));
      merged.putAll(a);
      last = differenceTo(step, merged, onlyPod);
      if (last == null) {
        return null;
      }
    }
    return last;
  }

  private String differenceTo(Map<String, Object> step, Map<String, Object> expect, String onlyPod) {
    for (Map.Entry<String, Object> e : expect.entrySet()) {
      if (onlyPod == null || onlyPod.equals(e.getKey())) {
        String d = podDifference(e.getKey(), Vector.map(e.getValue()));
        if (d != null) {
          return e.getKey() + ": " + d;
        }
      }
    }
    if (onlyPod != null) {
      return null;
    }
    for (Map<String, Object> w : Vector.<Map<String, Object>>list(step, "expectSpread")) {
      Map<String, Long> have = Vector.<String>list(w, "pods").stream().map(this::pod)
          .filter(p -> p != null && p.getSpec().getNodeName() != null)
          .collect(Collectors.groupingBy(p -> p.getSpec().getNodeName(), Collectors.counting()));
      Map<String, Long> want = new HashMap<>();
      Vector.map(w, "counts").forEach((k, v) -> want.put(k, ((Number) v).longValue()));
      want.values().removeIf(v -> v == 0);
      boolean same = Boolean.TRUE.equals(w.get("anyNames"))
          ? have.values().stream().sorted().toList().equals(want.values().stream().sorted().toList())
          : have.equals(want);
      if (!same) {
        return "spread: expected " + want + ", got " + have;
      }
    }
    for (Map<String, Object> w : Vector.<Map<String, Object>>list(step, "expectObjects")) {
      Map<String, Object> have = player.tree(Player.kind(w), namespace(w), (String) w.get("name"));
      if (Boolean.TRUE.equals(w.get("absent")) ? have != null : !contains(w.get("match"), have)) {
        return w + " got " + have;
      }
    }
    for (Map.Entry<String, Object> e : Vector.map(step, "expectExtenders").entrySet()) {
      String d = extenders.difference(e.getKey(), e.getValue());
      if (d != null) {
        return d;
      }
    }
    return null;
  }

  private static String namespace(Map<String, Object> w) {
    boolean namespaced = io.fabric8.kubernetes.api.model.Namespaced.class.isAssignableFrom(Player.kind(w));
    return w.get("namespace") != null ? (String) w.get("namespace") : namespaced ? Player.NAMESPACE : null;
  }

  private Pod pod(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? cluster.find(Pod.class, Player.NAMESPACE, key).orElse(null)
        : cluster.find(Pod.class, key.substring(0, slash), key.substring(slash + 1)).orElse(null);
  }

  private String podDifference(String key, Map<String, Object> want) {
    Pod pod = pod(key);
    Object state = want.get("state");
    boolean terminating = pod == null || pod.getMetadata().getDeletionTimestamp() != null;
    if ("gone".equals(state) || "deleted".equals(state) && pod == null) {
      return pod == null ? null : "still there";
    }
    if (pod == null) {
      return "does not exist";
    }
    if ("deleted".equals(state) && !terminating || "alive".equals(state) && terminating) {
      return "expected " + state;
    }
    Map<String, Object> tree = Vector.map(JSON.convertValue(pod, Map.class));
    Map<String, Object> status = Vector.map(tree, "status");
    String node = pod.getSpec().getNodeName();
    Map<String, Object> condition = Vector.<Map<String, Object>>list(status, "conditions").stream()
        .filter(c -> c.get("type").equals("PodScheduled")).findFirst().orElse(null);
    if ("untouched".equals(state)) {
      return node == null && condition == null ? null : "expected to be left alone, got " + node + " " + condition;
    }
    if (want.get("node") != null && (node == null || !Vector.<String>list(want, "node").contains(node))) {
      return "expected on " + want.get("node") + ", is on " + node + ", condition " + condition;
    }
    if (want.get("pending") != null && (node != null || !contains(want.get("pending"), condition))) {
      return "expected pending " + want.get("pending") + ", is on " + node + ", condition " + condition;
    }
    if (want.get("nominatedNode") != null
        && !Vector.list(want, "nominatedNode").contains(Objects.requireNonNullElse(pod.getStatus().getNominatedNodeName(), ""))) {
      return "expected to be nominated to " + want.get("nominatedNode") + ", got " + pod.getStatus().getNominatedNodeName();
    }
    for (Object c : Vector.list(want, "conditions")) {
      if (Vector.list(status, "conditions").stream().noneMatch(have -> contains(c, have))) {
        return "no condition " + c + " in " + status.get("conditions");
      }
    }
    if (want.get("match") != null && !contains(want.get("match"), tree)) {
      return "does not match " + want.get("match");
    }
    return want.get("event") == null ? null : eventDifference(pod, Vector.map(want, "event"));
  }

  private String eventDifference(Pod pod, Map<String, Object> want) {
    List<Map<String, String>> have = cluster.list(Event.class).stream()
        .filter(e -> e.getRegarding().getUid().equals(pod.getMetadata().getUid()))
        .map(e -> Map.of("type", e.getType(), "reason", e.getReason(), "action", e.getAction(), "reportingController",
            e.getReportingController(),
            "reportingComponent", e.getReportingController(), "message", e.getNote()))
        .toList();
    return have.stream().anyMatch(h -> contains(want, h)) ? null : "no event " + want + ", got " + have;
  }

  /** Whether {@code want} is contained in {@code have}: objects by key, lists element by element. */
  static boolean contains(Object want, Object have) {
    if (want instanceof Map<?, ?> w) {
      return have instanceof Map<?, ?> h && w.entrySet().stream().allMatch(e -> e.getValue() == null ? h.get(e.getKey()) == null
          : h.containsKey(e.getKey()) && contains(e.getValue(), h.get(e.getKey())));
    }
    if (want instanceof List<?> w) {
      if (!(have instanceof List<?> h) || h.size() != w.size()) {
        return false;
      }
      for (int i = 0; i < w.size(); i++) {
        if (!contains(w.get(i), h.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (want instanceof Number a && have instanceof Number b) {
      return a.doubleValue() == b.doubleValue();
    }
    return Objects.equals(want, have);
  }
}
