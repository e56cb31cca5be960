package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.e2e.stories.Wire.Ask;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Plays scheduler and kubelet for the pods of a story, by the story's rules; the first that matches a pod counts. What it does, it does as
 * timers of the cluster's clock, on the thread that moves time.
 */
final class StoryKubelet {
  private static final Duration AGAIN = Duration.ofMillis(100);
  private static final double REMOVAL_SECONDS = 0.05;
  private static final int KILLED = 137;
  private static final ObjectNode READY = Json.object("{\"do\": \"ready\"}");
  private static final Set<String> ENDS = Set.of("succeed", "fail");

  private final Wire wire;
  private final Clock clock;
  private final Scene scene;
  private final boolean dualStack;
  // guarded by this
  private Optional<JsonNode> rules = Optional.empty();
  private final Set<String> done = new HashSet<>();
  private final Map<JsonNode, Set<String>> taken = new IdentityHashMap<>();
  private int nextNode;
  private int nextAddress;
  private boolean over;

  StoryKubelet(Wire wire, Clock clock, Ledger ledger, String namespace, boolean dualStack) {
    this.wire = wire;
    this.clock = clock;
    this.dualStack = dualStack;
    this.scene = new Scene(ledger, namespace, this::noticed);
  }

  Scene scene() {
    return scene;
  }

  /** From now on these rules hold, for pods that are there already as well. */
  void follow(JsonNode wanted) {
    List<JsonNode> pods = scene.objects("Pod");
    synchronized (this) {
      rules = wanted.isArray() ? Optional.of(wanted) : Optional.empty();
      done.removeIf(step -> step.endsWith("rm"));
      for (JsonNode pod : pods) {
        String uid = uid(pod);
        if (!Json.isSomething(pod.path("spec").path("nodeName"))) {
          done.remove(uid + "bind");
        }
        if (phase(pod).equals("Pending")) {
          done.remove(uid + "run");
        }
      }
    }
    pods.forEach(this::noticed);
  }

  /** Nothing is done any more. */
  synchronized void stop() {
    over = true;
  }

  private synchronized void noticed(JsonNode pod) {
    if (rules.isPresent() && !over) {
      String uid = uid(pod);
      after(0, () -> step(uid));
    }
  }

  private void after(double seconds, Runnable action) {
    clock.after(Duration.ofMillis(Math.round(seconds * 1000)), () -> {
      try {
        action.run();
      } catch (Wire.Refused e) {
        if (e.code() == 409) {
          clock.after(AGAIN, action);
        } else if (e.code() != 404) {
          throw e;
        }
      }
    });
  }

  private static String uid(JsonNode pod) {
    return pod.path("metadata").path("uid").asText();
  }

  private static String phase(JsonNode pod) {
    return pod.path("status").path("phase").asText("Pending");
  }

  private Optional<JsonNode> current(String uid) {
    return scene.objects("Pod").stream().filter(pod -> uid(pod).equals(uid)).findAny();
  }

  private synchronized JsonNode rule(JsonNode pod) {
    for (JsonNode rule : rules.orElse(MissingNode.getInstance())) {
      if (Selection.matches(pod, rule.path("match"))) {
        Set<String> took = taken.computeIfAbsent(rule, r -> new HashSet<>());
        int limit = rule.path("limit").asInt(Integer.MAX_VALUE);
        if (took.contains(uid(pod)) || took.size() < limit) {
          took.add(uid(pod));
          return rule;
        }
      }
    }
    return READY;
  }

  private synchronized boolean first(String uid, String what) {
    return done.add(uid + what);
  }

  private void step(String uid) {
    Optional<JsonNode> found = current(uid);
    synchronized (this) {
      if (found.isEmpty() || over) {
        return;
      }
    }
    JsonNode pod = found.get();
    JsonNode rule = rule(pod);
    boolean bound = Json.isSomething(pod.path("spec").path("nodeName"));
    if (pod.path("metadata").has("deletionTimestamp")) {
      if (!rule.path("onDelete").asText().equals("hold") && bound && first(uid, "rm")) {
        after(rule.path("deleteDelay").asDouble(REMOVAL_SECONDS), () -> remove(uid, rule));
      }
      return;
    }
    String does = rule.path("do").asText("ready");
    if (does.equals("pending") || Json.isSomething(pod.path("spec").path("schedulingGates"))) {
      return;
    }
    if (!bound) {
      if (first(uid, "bind")) {
        after(rule.path("bindDelay").asDouble(), () -> bind(uid, rule));
      }
      return;
    }
    live(pod, rule, does);
  }

  private void live(JsonNode pod, JsonNode rule, String does) {
    String uid = uid(pod);
    boolean ends = ENDS.contains(does);
    boolean later = ends && rule.has("after");
    if (phase(pod).equals("Pending") && !does.equals("bound")) {
      if (first(uid, "run")) {
        double delay = rule.path("delay").asDouble();
        after(delay, () -> set(uid, rule, later ? "ready" : does));
        if (later) {
          after(delay + rule.path("after").asDouble(), () -> set(uid, rule, does));
        }
      }
    } else if (phase(pod).equals("Running")) {
      boolean changes = !ends && rule.path("force").asBoolean() && Selection.isReady(pod) != does.equals("ready");
      if (changes || ends && !later) {
        set(uid, rule, does);
      }
    }
  }

  private synchronized String target(JsonNode pod, JsonNode rule) {
    JsonNode terms = Json.at(pod, "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
    for (JsonNode term : terms) {
      for (JsonNode field : term.path("matchFields")) {
        if (field.path("key").asText().equals("metadata.name")) {
          return field.path("values").path(0).asText();
        }
      }
    }
    JsonNode several = rule.path("nodes");
    return several.isEmpty() ? rule.path("node").asText(StoryNodes.DEFAULT) : several.path(nextNode++ % several.size()).asText();
  }

  /** Binds a pod as a rule says. */
  void bind(String uid, JsonNode rule) {
    Optional<JsonNode> pod = current(uid)
        .filter(one -> !one.path("spec").has("nodeName") && !one.path("metadata").has("deletionTimestamp"));
    if (pod.isPresent()) {
      String name = pod.get().path("metadata").path("name").asText();
      wire.send(Ask.post(path(pod.get()) + "/binding", Json.object("""
          {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s", "uid": "%s"},
           "target": {"apiVersion": "v1", "kind": "Node", "name": "%s"}}""", name, uid, target(pod.get(), rule))));
    }
  }

  private String path(JsonNode pod) {
    return wire.path("Pod", pod.path("metadata").path("namespace").asText(), pod.path("metadata").path("name").asText());
  }

  private void set(String uid, JsonNode rule, String does) {
    set(uid, ((ObjectNode) rule.deepCopy()).put("do", does));
  }

  /** Reports what has become of a pod. */
  void set(String uid, JsonNode rule) {
    String does = rule.path("do").asText();
    Optional<JsonNode> pod = current(uid)
        .filter(one -> !one.path("metadata").has("deletionTimestamp") || rule.path("whenDeleting").asBoolean());
    if (pod.isPresent() && !does.equals("bound") && !does.equals("pending")) {
      ObjectNode patch = Json.object("{\"metadata\": {\"uid\": \"%s\"}}", uid);
      patch.set("status", status(pod.get(), rule, does));
      wire.send(Ask.patch(path(pod.get()) + "/status", patch, Wire.STRATEGIC));
    }
  }

  private ObjectNode status(JsonNode pod, JsonNode rule, String does) {
    String now = StoryNodes.now(clock);
    JsonNode old = pod.path("status");
    boolean ends = ENDS.contains(does);
    boolean ready = rule.path("ready").asBoolean(does.equals("ready"));
    ObjectNode status = Json.object("{\"hostIP\": \"192.168.77.1\", \"hostIPs\": [{\"ip\": \"192.168.77.1\"}]}");
    status.put("phase", does.equals("succeed") ? "Succeeded" : does.equals("fail") ? "Failed" : "Running");
    String started = old.path("startTime").asText(now);
    status.put("startTime", started);
    ArrayNode conditions = status.putArray("conditions");
    Map<String, Boolean> states = new LinkedHashMap<>();
    states.put("PodReadyToStartContainers", !ends);
    states.put("Initialized", true);
    states.put("Ready", ready);
    states.put("ContainersReady", ready);
    states.put("PodScheduled", true);
    states.forEach((type, is) -> {
      String value = is ? "True" : "False";
      JsonNode before = Json.at(old, "conditions[" + type + "]");
      String since = before.path("status").asText().equals(value) ? before.path("lastTransitionTime").asText(now) : now;
      ObjectNode condition = conditions.addObject().put("type", type).put("status", value).put("lastTransitionTime", since);
      condition.putNull("lastProbeTime");
      if (ends && (type.equals("Ready") || type.equals("ContainersReady"))) {
        condition.put("reason", does.equals("succeed") ? "PodCompleted" : "PodFailed");
      }
    });
    rule.path("conditions").forEach(more -> conditions.addObject().put("lastTransitionTime", now).setAll((ObjectNode) more));
    ArrayNode containers = status.putArray("containerStatuses");
    int code = rule.path("exitCode").asInt(does.equals("fail") ? 1 : 0);
    for (JsonNode container : pod.path("spec").path("containers")) {
      containers.add(container(container, uid(pod), started, rule, ends ? Optional.of(code) : Optional.empty()));
    }
    containers.forEach(container -> ((ObjectNode) container).put("ready", ready));
    if (!rule.path("noIP").asBoolean()) {
      addresses(old, status);
    }
    for (String text : List.of("reason", "message")) {
      if (Json.isSomething(rule.path(text))) {
        status.set(text, rule.get(text));
      }
    }
    return status;
  }

  private ObjectNode container(JsonNode container, String uid, String started, JsonNode rule, Optional<Integer> ended) {
    String name = container.path("name").asText();
    String image = container.path("image").asText();
    ObjectNode status = Json.object("{\"lastState\": {}}").put("name", name).put("image", image).put("imageID", "sim://" + image)
        .put("started", ended.isEmpty()).put("restartCount", rule.path("restarts").asInt()).put("containerID", "sim://" + uid);
    if (ended.isEmpty()) {
      status.set("state", Json.object("{\"running\": {\"startedAt\": \"%s\"}}", started));
    } else {
      int code = rule.path("container").asText(name).equals(name) ? ended.get() : 0;
      status.set("state", Json.object("""
          {"terminated": {"exitCode": %s, "reason": "%s", "startedAt": "%s", "finishedAt": "%s"}}""",
          code, code == 0 ? "Completed" : "Error", started, StoryNodes.now(clock)));
    }
    return status;
  }

  private synchronized void addresses(JsonNode old, ObjectNode status) {
    if (Json.isSomething(old.path("podIP"))) {
      status.set("podIP", old.get("podIP"));
      status.set("podIPs", old.get("podIPs"));
      return;
    }
    int n = ++nextAddress;
    String address = "10.%d.%d.%d".formatted(20 + (n >> 14), (n >> 7) & 127, 1 + (n & 127));
    status.put("podIP", address);
    ArrayNode all = status.putArray("podIPs");
    all.addObject().put("ip", address);
    if (dualStack) {
      all.addObject().put("ip", "fd00:20::" + Integer.toHexString(n));
    }
  }

  private void remove(String uid, JsonNode rule) {
    Optional<JsonNode> pod = current(uid);
    if (pod.isEmpty()) {
      return;
    }
    boolean ofJob = pod.get().path("metadata").path("labels").has("batch.kubernetes.io/job-name");
    String last = rule.path("deletePhase").asText(ofJob ? "Failed" : "");
    if (!last.isEmpty() && Set.of("Pending", "Running").contains(phase(pod.get()))) {
      boolean failed = last.equals("Failed");
      set(uid, Json.object("{\"do\": \"%s\", \"exitCode\": %s, \"whenDeleting\": true}", failed ? "fail" : "succeed", failed ? KILLED : 0));
    }
    wire.ifThere(Ask.delete(path(pod.get()), Json.object("""
        {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0, "preconditions": {"uid": "%s"}}""", uid)));
  }
}
