package io.kubrig.apiserver.admission.policy;

import io.kubrig.apiserver.audit.AuditEvent;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What validating policies leave in the audit event of one request. (Source: admission/plugin/policy/validating/dispatcher.go.) */
final class PolicyNotes {
  private static final String FAILURES = "validation.policy.admission.k8s.io/validation_failure";
  private static final int MOST_FAILURES = 50;
  private static final int MAX_VALUE = 10 << 10;

  private final Map<String, Set<String>> values = new LinkedHashMap<>();
  private final List<Object> failures = new ArrayList<>();

  /** Notes a value of an audit annotation; distinct values of one key stand beside each other. */
  void annotation(String policy, String key, String value) {
    String kept = value.length() > MAX_VALUE ? value.substring(0, MAX_VALUE) : value;
    values.computeIfAbsent(policy + "/" + key, name -> new LinkedHashSet<>()).add(kept);
  }

  /** Notes a failure of a policy whose binding asks for that. */
  void failure(String policy, Tree binding, int expression, String message) {
    if (failures.size() < MOST_FAILURES) {
      failures.add(
          Tree.of(
              "message", message,
              "policy", policy,
              "binding", binding.tree("metadata").string("name"),
              "expressionIndex", (long) expression,
              "validationActions", binding.tree("spec").list("validationActions")));
    }
  }

  void publish(AuditEvent event) {
    values.forEach((key, texts) -> event.annotate(key, String.join(", ", texts)));
    if (!failures.isEmpty()) {
      event.annotate(FAILURES, Json.text(failures));
    }
  }
}
