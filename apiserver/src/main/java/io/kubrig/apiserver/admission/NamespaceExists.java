package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;

/** Nothing is written in a namespace that does not exist. (Source: plugin/pkg/admission/namespace/exists.) */
public final class NamespaceExists implements AdmissionPlugin {
  private final Cluster cluster;

  public NamespaceExists(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "NamespaceExists";
  }

  @Override
  public void validate(AdmissionRequest request) {
    Resource resource = request.operation().resource();
    String namespace = request.operation().namespace();
    if (resource.namespaced() && !namespace.isEmpty() && cluster.get("", "namespaces", "", namespace).isEmpty()) {
      throw ApiException.notFound("", "namespaces", namespace);
    }
  }
}
