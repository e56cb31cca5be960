package io.kubrig.operators.devicetainteviction;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the condition EvictionInProgress of a rule says.
 *
 * @param pods that have to go because of the rule, or would have to
 * @param namespaces that they are in
 * @param evicted pods that went because of it since this process began
 */
record RuleStatus(long pods, long namespaces, long published, long allocated, long evicted) {
  static final String TYPE = "EvictionInProgress";

  /** The condition that a rule has. */
  static Optional<JsonNode> present(TaintRule rule) {
    for (JsonNode condition : rule.object().at("/status/conditions")) {
      if (TYPE.equals(condition.path("type").asText())) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  /** The condition that a rule should have; empty when it has it. */
  Optional<Map<String, Object>> condition(TaintRule rule, Instant now) {
    Map<String, Object> fresh = new LinkedHashMap<>();
    fresh.put("type", TYPE);
    fresh.put("status", rule.evicts() && pods > 0 ? "True" : "False");
    fresh.put("reason", reason(rule));
    fresh.put("message", message(rule));
    fresh.put("observedGeneration", rule.generation());
    boolean same = present(rule).filter(before -> fresh.entrySet().stream()
        .allMatch(field -> field.getValue().toString().equals(before.path(field.getKey()).asText()))).isPresent();
    fresh.put("lastTransitionTime", Objects.time(now));
    return same ? Optional.empty() : Optional.of(fresh);
  }

  private String reason(TaintRule rule) {
    if (rule.evicts()) {
      return pods > 0 ? "PodsPendingEviction" : evicted > 0 ? "Completed" : "NotStarted";
    }
    return isTrial(rule) ? "NoEffect" : "OtherEffect";
  }

  static boolean isTrial(TaintRule rule) {
    return "None".equals(rule.taint().getEffect());
  }

  private String message(TaintRule rule) {
    String message = "";
    if (rule.evicts() && pods > 0) {
      message = counted(pods, "pod needs", "pods need") + " to be evicted in "
          + counted(namespaces, "namespace", "different namespaces") + ".";
    } else if (isTrial(rule)) {
      message = counted(published, "published device", "published devices") + " selected. "
          + counted(allocated, "allocated device", "allocated devices") + " selected. "
          + counted(pods, "pod", "pods") + " would be evicted in " + counted(namespaces, "namespace", "different namespaces")
          + " if the effect was NoExecute. This information will not be updated again."
          + " Recreate the DeviceTaintRule to trigger an update.";
    } else if (!rule.evicts()) {
      message = "Eviction only happens for the NoExecute effect.";
    }
    String gone = evicted == 0 ? "" : counted(evicted, "pod", "pods") + " evicted since starting the controller.";
    return message.isEmpty() || gone.isEmpty() ? message + gone : message + " " + gone;
  }

  private static String counted(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
