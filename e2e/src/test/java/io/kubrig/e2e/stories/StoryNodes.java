package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.e2e.stories.Wire.Ask;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Nodes that are nothing but heartbeats. */
final class StoryNodes {
  /** Where pods run unless a story says otherwise. */
  static final String DEFAULT = "sim-0";

  private static final Duration BEAT = Duration.ofMillis(1500);
  private static final String LEASES = "kube-node-lease";
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final List<String> GIVEN = List.of("taints", "unschedulable", "podCIDR", "podCIDRs", "providerID");
  private static final Map<String, String> PRESSURES = new LinkedHashMap<>();

  static {
    PRESSURES.put("MemoryPressure", "KubeletHasSufficientMemory");
    PRESSURES.put("DiskPressure", "KubeletHasNoDiskPressure");
    PRESSURES.put("PIDPressure", "KubeletHasSufficientPID");
  }

  private final Wire wire;
  private final Clock clock;
  private final Set<String> beating = ConcurrentHashMap.newKeySet();

  StoryNodes(Wire wire, Clock clock) {
    this.wire = wire;
    this.clock = clock;
    clock.after(BEAT, this::beat);
  }

  private void beat() {
    beating.forEach(this::renew);
    clock.after(BEAT, this::beat);
  }

  static String now(Clock clock) {
    return clock.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String micros(Instant time) {
    return MICROS.format(time);
  }

  private void renew(String node) {
    String path = wire.path("Lease", LEASES, node);
    ObjectNode renewal = Json.object("{\"spec\": {\"renewTime\": \"%s\"}}", micros(clock.now()));
    if (wire.ifThere(Ask.patch(path, renewal, Wire.MERGE)).isEmpty() && beating.contains(node)) {
      wire.send(Ask.post(wire.path("Lease", LEASES), Json.object("""
          {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "%s", "namespace": "%s"},
           "spec": {"holderIdentity": "%s", "leaseDurationSeconds": 40, "renewTime": "%s"}}""", node, LEASES, node, micros(clock.now()))));
    }
  }

  /** A step of a story about a node. */
  void act(JsonNode step) {
    String name = step.path("name").asText();
    switch (step.path("action").asText("up")) {
      case "up" -> up(step);
      case "silence" -> beating.remove(name);
      case "beat" -> {
        beating.add(name);
        renew(name);
        report(name, "True", Json.object());
      }
      case "status" -> report(name, step.path("ready").asText("True"), step);
      case "down" -> down(name);
      default -> throw new IllegalArgumentException(step.toString());
    }
  }

  void up(JsonNode wanted) {
    String name = wanted.path("name").asText();
    ObjectNode node = Json.object("{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"%s\"}, \"spec\": {}}", name);
    ObjectNode labels = node.withObjectProperty("metadata").withObjectProperty("labels").put("kubernetes.io/hostname", name);
    wanted.path("labels").properties().forEach(label -> labels.set(label.getKey(), label.getValue()));
    for (String list : List.of("annotations", "finalizers")) {
      if (wanted.has(list)) {
        node.withObjectProperty("metadata").set(list, wanted.get(list));
      }
    }
    GIVEN.stream().filter(wanted::has).forEach(field -> node.withObjectProperty("spec").set(field, wanted.get(field)));
    try {
      wire.send(Ask.post(wire.path("Node", null), node));
    } catch (Wire.Refused e) {
      if (e.code() != 409) {
        throw e;
      }
    }
    if (wanted.path("heartbeat").asBoolean(true)) {
      beating.add(name);
      renew(name);
    }
    if (wanted.path("status").asBoolean(true)) {
      report(name, wanted.path("ready").asBoolean(true) ? "True" : "False", wanted);
    }
  }

  /** @param more {@code reason}, {@code extraStatus} and {@code pressure} */
  private void report(String name, String ready, JsonNode more) {
    boolean up = ready.equals("True");
    ArrayNode conditions = Json.MAPPER.createArrayNode();
    conditions.add(condition("Ready", ready, more.path("reason").asText(up ? "KubeletReady" : "KubeletNotReady"),
        up ? "kubelet is posting ready status" : "the node is not ready"));
    PRESSURES.forEach((type, reason) ->
        conditions.add(condition(type, more.path("pressure").asText().equals(type) ? "True" : "False", reason, "sim")));
    ObjectNode status = Json.object("""
        {"capacity": {"cpu": "64", "memory": "256Gi", "pods": "1000"}, "allocatable": {"cpu": "64", "memory": "256Gi", "pods": "1000"}}""");
    status.set("conditions", conditions);
    more.path("extraStatus").properties().forEach(field -> status.set(field.getKey(), field.getValue()));
    wire.send(Ask.patch(wire.path("Node", null, name) + "/status", Json.object().set("status", status), Wire.STRATEGIC));
  }

  private ObjectNode condition(String type, String status, String reason, String message) {
    return Json.object("""
        {"type": "%s", "status": "%s", "reason": "%s", "message": "%s", "lastHeartbeatTime": "%s", "lastTransitionTime": "%s"}""",
        type, status, reason, message, now(clock), now(clock));
  }

  void down(String name) {
    beating.remove(name);
    wire.tryTo(Ask.delete(wire.path("Node", null, name), null));
    wire.tryTo(Ask.delete(wire.path("Lease", LEASES, name), null));
  }

  /** The keys of the taints of a node. */
  List<String> taints(String name) {
    JsonNode node = wire.send(Ask.get(wire.path("Node", null, name)));
    return node.path("spec").path("taints").valueStream().map(taint -> taint.path("key").asText()).toList();
  }
}
