package io.kubrig.operators.devicetainteviction;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceTaint;
import io.kubrig.operators.engine.Objects;

/** A DeviceTaintRule: a taint for all devices that it selects. @param object as the server has it */
record TaintRule(String name, String uid, DeviceTaint taint, JsonNode object) {
  /** Reads a rule. */
  static TaintRule of(JsonNode object) {
    DeviceTaint taint = Objects.parse(object.at("/spec/taint").toString(), DeviceTaint.class);
    return new TaintRule(object.at("/metadata/name").asText(), object.at("/metadata/uid").asText(), taint, object);
  }

  /** Whether it selects a device; without a selector it selects none, and what the selector does not name may be any. */
  boolean selects(String driver, String pool, String device) {
    JsonNode selector = object.at("/spec/deviceSelector");
    return selector.isObject() && allows(selector.path("driver"), driver) && allows(selector.path("pool"), pool)
        && allows(selector.path("device"), device);
  }

  private static boolean allows(JsonNode wanted, String name) {
    return !wanted.isTextual() || wanted.asText().equals(name);
  }

  /** Whether pods have to go because of it. */
  boolean evicts() {
    return DeviceTaints.NO_EXECUTE.equals(taint.getEffect());
  }

  /** The same rule, as if pods had to go because of it. */
  TaintRule evicting() {
    DeviceTaint hard = Objects.copy(taint);
    hard.setEffect(DeviceTaints.NO_EXECUTE);
    return new TaintRule(name, uid, hard, object);
  }

  /** Whether another state of it says the same. */
  boolean saysTheSame(TaintRule other) {
    return uid.equals(other.uid) && object.path("spec").equals(other.object.path("spec"));
  }

  long generation() {
    return object.at("/metadata/generation").asLong();
  }
}
