package io.kubrig.operators.validatingadmissionpolicystatus;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.types.CelType;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ExpressionWarning;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.cel.CelTypes;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks each generation of a policy once and writes the warnings into its status. */
public final class ValidatingAdmissionPolicyStatusController implements Controller {
  private static final String MANAGER = "validatingadmissionpolicy-status";

  private final Api api;
  private final Cached<ValidatingAdmissionPolicy> policies;
  private final MetadataClient server;

  /** A controller in a manager. */
  public ValidatingAdmissionPolicyStatusController(ControllerContext context) {
    this.api = context.api();
    this.policies = context.caches().of(ValidatingAdmissionPolicy.class);
    this.server = new MetadataClient(api.client());
  }

  @Override
  public void watch(Queue queue) {
    policies.onChange(policy -> queue.add(Key.of(policy)));
  }

  @Override
  public Outcome reconcile(Key key) {
    policies.get(key).filter(ValidatingAdmissionPolicyStatusController::isUnchecked).ifPresent(this::check);
    return Outcome.DONE;
  }

  private static boolean isUnchecked(ValidatingAdmissionPolicy policy) {
    Long observed = policy.getStatus() == null ? null : policy.getStatus().getObservedGeneration();
    return Objects.generation(policy) > (observed == null ? 0 : observed);
  }

  private void check(ValidatingAdmissionPolicy policy) {
    List<ExpressionWarning> warnings = new TypeChecker(this::documented).check(policy, MatchedTypes.of(policy, Discovery.of(server)));
    Map<String, Object> checking = new LinkedHashMap<>();
    if (!warnings.isEmpty()) {
      checking.put("expressionWarnings",
          warnings.stream().map(warning -> Map.of("fieldRef", warning.getFieldRef(), "warning", warning.getWarning())).toList());
    }
    api.apply(policy, "status", MANAGER,
        Map.of("status", Map.of("observedGeneration", Objects.generation(policy), "typeChecking", checking)));
  }

  private Optional<CelType> documented(String group, String version, String kind, CelTypes.Types types) {
    String path = (group.isEmpty() ? "/openapi/v3/api/" : "/openapi/v3/apis/" + group + "/") + version;
    JsonNode document;
    try {
      document = server.json(path, "application/json");
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
    return new DocumentedTypes(document, types).of(group, version, kind);
  }
}
