package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Nothing is created in a namespace that does not exist or is going; the namespaces of the system stay. (Source:
 * admission/plugin/namespace/lifecycle.)
 */
public final class NamespaceLifecycle implements AdmissionPlugin {
  private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

  private final Cluster cluster;

  public NamespaceLifecycle(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "NamespaceLifecycle";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    Operation operation = request.operation();
    Resource resource = operation.resource();
    if (request.is("", "namespaces")) {
      if (operation.verb() == Verb.DELETE && IMMORTAL.contains(operation.name())) {
        throw ApiException.forbidden("", "namespaces", operation.name(), "this namespace may not be deleted");
      }
      return;
    }
    if (operation.verb() != Verb.CREATE || !resource.namespaced() || isLocalReview(resource)) {
      return;
    }
    Optional<Tree> namespace = cluster.get("", "namespaces", "", operation.namespace());
    if (namespace.isEmpty()) {
      throw ApiException.notFound("", "namespaces", operation.namespace());
    }
    if (namespace.get().tree("status").string("phase").equals("Terminating")) {
      throw terminating(operation);
    }
  }

  /** Whether somebody may look into a namespace can be asked before it exists. */
  private static boolean isLocalReview(Resource resource) {
    return resource.group().equals("authorization.k8s.io") && resource.plural().equals("localsubjectaccessreviews");
  }

  private static ApiException terminating(Operation operation) {
    Resource resource = operation.resource();
    String namespace = operation.namespace();
    ApiException forbidden =
        ApiException.forbidden(
            resource.group(),
            resource.plural(),
            operation.name(),
            "unable to create new content in namespace " + namespace + " because it is being terminated");
    Tree cause =
        Tree.of("reason", "NamespaceTerminating", "message", "namespace " + namespace + " is being terminated", "field",
            "metadata.namespace");
    forbidden.details().set("causes", new ArrayList<Object>(List.of(cause)));
    return forbidden;
  }
}
