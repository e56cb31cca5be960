package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;

/** Makes namespaces as they are used. (Source: plugin/pkg/admission/namespace/autoprovision.) */
public final class NamespaceAutoProvision implements AdmissionPlugin {
  private final Cluster cluster;
  private final OwnWrites writes;

  public NamespaceAutoProvision(Cluster cluster, OwnWrites writes) {
    this.cluster = cluster;
    this.writes = writes;
  }

  @Override
  public String name() {
    return "NamespaceAutoProvision";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    String namespace = request.operation().namespace();
    boolean needed = request.creates() && request.operation().resource().namespaced() && !namespace.isEmpty();
    if (!needed || request.operation().dryRun() || cluster.get("", "namespaces", "", namespace).isPresent()) {
      return;
    }
    try {
      writes.create("", "namespaces", Tree.of("apiVersion", "v1", "kind", "Namespace", "metadata", Tree.of("name", namespace)));
    } catch (ApiException e) {
      if (!e.reason().equals("AlreadyExists")) {
        throw request.forbidden(e.getMessage());
      }
    }
  }
}
