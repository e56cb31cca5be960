package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Operation;

/** Refuses everything; for tests. (Source: plugin/pkg/admission/deny.) */
public final class AlwaysDeny implements AdmissionPlugin {
  @Override
  public String name() {
    return "AlwaysDeny";
  }

  @Override
  public boolean handles(Operation.Verb verb) {
    return true;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    validate(request);
  }

  @Override
  public void validate(AdmissionRequest request) {
    throw request.forbidden("admission control is denying all modifications");
  }
}
