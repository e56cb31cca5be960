package io.kubrig.apiserver.admission;

import java.util.ArrayList;
import java.util.List;

/** Lets services keep external addresses but have no new ones. (Source: plugin/pkg/admission/network/denyserviceexternalips.) */
public final class DenyServiceExternalIPs implements AdmissionPlugin {
  @Override
  public String name() {
    return "DenyServiceExternalIPs";
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.is("", "services") || !request.creates() && !request.updates()) {
      return;
    }
    List<String> added = new ArrayList<>(request.object().tree("spec").strings("externalIPs"));
    if (request.old() != null) {
      added.removeAll(request.old().tree("spec").strings("externalIPs"));
    }
    if (!added.isEmpty()) {
      throw request.forbidden("Use of external IPs is denied by admission control.");
    }
  }
}
