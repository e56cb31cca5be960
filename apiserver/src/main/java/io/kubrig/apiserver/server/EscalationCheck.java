package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.AdmissionPlugin;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.authz.Escalation;
import io.kubrig.apiserver.registry.Operation;
import java.util.function.Supplier;

/** Puts the escalation check where native has it: after everything has mutated a role or binding, before it is validated and stored. */
final class EscalationCheck implements AdmissionPlugin {
  private final Supplier<Escalation> escalation;

  EscalationCheck(Supplier<Escalation> escalation) {
    this.escalation = escalation;
  }

  /** Natively this is no plugin but a part of how roles are stored. */
  @Override
  public boolean measured() {
    return false;
  }

  @Override
  public String name() {
    return "rbac-escalation";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    Operation operation = request.operation();
    boolean writes = operation.verb() == Operation.Verb.CREATE || operation.verb() == Operation.Verb.UPDATE;
    if (!writes || !operation.resource().group().equals("rbac.authorization.k8s.io")) {
      return;
    }
    String plural = operation.resource().plural();
    switch (plural) {
      case "roles", "clusterroles" -> escalation.get().checkRole(operation.user(), plural, request.object(), request.old());
      default -> escalation.get().checkBinding(operation.user(), plural, request.object(), request.old());
    }
  }
}
