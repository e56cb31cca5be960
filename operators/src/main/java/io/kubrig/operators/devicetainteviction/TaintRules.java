package io.kubrig.operators.devicetainteviction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceTaint;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.MetadataInformer;
import io.kubrig.operators.metadata.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The DeviceTaintRules of the cluster, where the server serves them: taints for all devices that a rule selects. */
final class TaintRules implements AutoCloseable {
  private static final String KIND = "DeviceTaintRule";
  private static final String GROUP_VERSION = "resource.k8s.io/v1beta2";
  private static final String IN_PROGRESS = "EvictionInProgress";

  private final MetadataClient client;
  private final Clock clock;
  private volatile MetadataInformer informer; // set once by begin
  private volatile List<Rule> known = List.of(); // replaced as a whole

  TaintRules(MetadataClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** A rule. An empty driver, pool or device means any. */
  record Rule(String name, String driver, String pool, String device, DeviceTaint taint, JsonNode object) {
    static Rule of(JsonNode object) {
      JsonNode selector = object.at("/spec/deviceSelector");
      DeviceTaint taint = Objects.parse(object.at("/spec/taint").toString(), DeviceTaint.class);
      return new Rule(object.at("/metadata/name").asText(), selector.path("driver").asText(""), selector.path("pool").asText(""),
          selector.path("device").asText(""), taint, object);
    }

    boolean selects(DeviceRequestAllocationResult result) {
      return (driver.isEmpty() || driver.equals(result.getDriver())) && (pool.isEmpty() || pool.equals(result.getPool()))
          && (device.isEmpty() || device.equals(result.getDevice()));
    }
  }

  /** Begins to watch, if the server serves the kind. @param changed is called after every change */
  void begin(Runnable changed) {
    Optional<ResourceType> type = Discovery.of(client).kind(GROUP_VERSION, KIND);
    type.ifPresent(found -> informer = new MetadataInformer(found, client, clock, (kind, before, after) -> changed.run()));
  }

  /** Reads the rules anew. */
  void refresh() {
    List<Rule> rules = new ArrayList<>();
    client.json(informer.type().collection(""), "application/json").path("items").forEach(item -> rules.add(Rule.of(item)));
    known = List.copyOf(rules);
  }

  List<Rule> known() {
    return known;
  }

  /**
   * Writes how far the evictions of a rule have come, where that is new. @param pending pods that have to go @param evicted pods that went
   */
  void report(Rule rule, int pending, int evicted) {
    if (pending == 0 && evicted == 0) {
      return;
    }
    ObjectNode copy = ((ObjectNode) client.json(informer.type().path("", rule.name()), "application/json")).deepCopy();
    JsonNode before = copy.deepCopy();
    String so = evicted + (evicted == 1 ? " pod" : " pods") + " evicted since starting the controller.";
    String message = pending == 0 ? so : pending + (pending == 1 ? " pod needs" : " pods need") + " to be evicted. " + so;
    set(copy, pending > 0, pending > 0 ? "PodsPendingEviction" : "Completed", message, clock.now());
    if (!copy.equals(before)) {
      client.replace(informer.type().path("", rule.name()) + "/status", copy);
    }
  }

  private static void set(ObjectNode rule, boolean holds, String reason, String message, Instant now) {
    ArrayNode conditions = rule.withObjectProperty("status").withArrayProperty("conditions");
    ObjectNode condition = null;
    for (JsonNode some : conditions) {
      condition = some.path("type").asText().equals(IN_PROGRESS) ? (ObjectNode) some : condition;
    }
    condition = condition == null ? conditions.addObject().put("type", IN_PROGRESS) : condition;
    String status = holds ? "True" : "False";
    if (!condition.path("status").asText().equals(status)) {
      condition.put("lastTransitionTime", Objects.time(now));
    }
    condition.put("status", status).put("reason", reason).put("message", message);
  }

  @Override
  public void close() {
    if (informer != null) {
      informer.close();
    }
  }
}
