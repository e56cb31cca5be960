package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.NodeAuthorizer;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A kubelet changes its own node and the pods on it, nothing else. (Source: plugin/pkg/admission/noderestriction.) */
public final class NodeRestriction implements AdmissionPlugin {
  private static final String LEASES = "kube-node-lease";

  private final Cluster cluster;
  private final NodeMirrorPods mirrorPods;
  private final NodeTokens tokens;

  /** @param authorizer asked about tokens for audiences that no volume of the pod wants */
  public NodeRestriction(Cluster cluster, Supplier<Authorizer> authorizer) {
    this.cluster = cluster;
    mirrorPods = new NodeMirrorPods(cluster);
    tokens = new NodeTokens(cluster, attributes -> authorizer.get().authorize(attributes));
  }

  @Override
  public String name() {
    return "NodeRestriction";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    Optional<String> identity = NodeAuthorizer.identity(request.operation().user());
    if (identity.isEmpty() || !(request.creates() || request.updates() || request.deletes())) {
      return;
    }
    String node = identity.get();
    if (node.isEmpty()) {
      throw request.forbidden("could not determine node from user \"" + request.operation().user().name() + "\"");
    }
    switch (request.operation().resource().qualifiedName()) {
      case "pods" -> pod(request, node);
      case "nodes" -> node(request, node);
      case "persistentvolumeclaims" -> claim(request, node);
      case "serviceaccounts" -> {
        if (request.creates() && request.isThrough("token")) {
          tokens.check(request, node);
        }
      }
      case "leases.coordination.k8s.io" -> lease(request, node);
      case "csinodes.storage.k8s.io" ->
          demand(request, nameOf(request).equals(node), "can only access CSINode with the same name as the requesting node");
      case "resourceslices.resource.k8s.io" -> slice(request, node);
      default -> { }
    }
  }

  private static void demand(AdmissionRequest request, boolean met, String otherwise) {
    if (!met) {
      throw request.forbidden(otherwise);
    }
  }

  private static String nameOf(AdmissionRequest request) {
    return request.creates() ? request.object().tree("metadata").string("name") : request.operation().name();
  }

  // ---- pods ----------------------------------------------------------------------------------------------------------

  private void pod(AdmissionRequest request, String node) {
    switch (request.operation().subresource()) {
      case "" -> {
        if (request.creates()) {
          mirrorPods.check(request, node);
        } else if (request.deletes()) {
          demand(request, nodeOf(stored(request)).equals(node), quoted(node) + " can only delete pods with spec.nodeName set to itself");
        } else {
          throw request.forbidden("unexpected operation \"UPDATE\", " + quoted(node) + " can only create and delete mirror pods");
        }
      }
      case "status" -> podStatus(request, node);
      case "eviction" ->
          demand(request, nodeOf(stored(request)).equals(node), "node " + node + " can only evict pods with spec.nodeName set to itself");
      default ->
          throw request.forbidden(
              "unexpected pod subresource \"" + request.operation().subresource() + "\", only 'status' and 'eviction' are allowed");
    }
  }

  private static String quoted(String node) {
    return "node \"" + node + "\"";
  }

  private static String nodeOf(Tree pod) {
    return pod.tree("spec").string("nodeName");
  }

  private Tree stored(AdmissionRequest request) {
    String name = request.operation().name();
    return cluster.get("", "pods", request.operation().namespace(), name).orElseThrow(() -> ApiException.notFound("", "pods", name));
  }

  private static void podStatus(AdmissionRequest request, String node) {
    if (!request.updates()) {
      throw request.forbidden("unexpected operation \"" + request.operation().verb() + "\"");
    }
    Tree pod = request.object();
    Tree old = request.old();
    demand(request, nodeOf(old).equals(node), quoted(node) + " can only update pod status for pods with spec.nodeName set to itself");
    boolean sameLabels = pod.tree("metadata").stringMap("labels").equals(old.tree("metadata").stringMap("labels"));
    demand(request, sameLabels, quoted(node) + " cannot update labels through pod status");
    for (String claims : List.of("resourceClaimStatuses", "extendedResourceClaimStatus")) {
      boolean same = Objects.equals(pod.tree("status").get(claims), old.tree("status").get(claims));
      demand(request, same, quoted(node) + " cannot update resource claim statues");
    }
  }

  // ---- nodes ---------------------------------------------------------------------------------------------------------

  private static void node(AdmissionRequest request, String node) {
    String requested = nameOf(request);
    demand(request, requested.equals(node), quoted(node) + " is not allowed to modify node \"" + requested + "\"");
    if (request.creates()) {
      boolean configured = request.object().tree("spec").get("configSource") != null;
      demand(request, !configured, quoted(node) + " is not allowed to create pods with a non-nil configSource");
      Set<String> forbidden = NodeLabels.forbiddenChanges(labels(request.object()), Map.of());
      demand(request, forbidden.isEmpty(), quoted(node) + " is not allowed to set the following labels: " + String.join(", ", forbidden));
    } else if (request.updates()) {
      Tree spec = request.object().tree("spec");
      Tree oldSpec = request.old().tree("spec");
      boolean configured = spec.get("configSource") != null && !spec.get("configSource").equals(oldSpec.get("configSource"));
      demand(request, !configured, quoted(node) + " is not allowed to update configSource to a new non-nil configSource");
      demand(request, spec.list("taints").equals(oldSpec.list("taints")), quoted(node) + " is not allowed to modify taints");
      Set<String> forbidden = NodeLabels.forbiddenChanges(labels(request.object()), labels(request.old()));
      demand(request, forbidden.isEmpty(), "is not allowed to modify labels: " + String.join(", ", forbidden));
    }
  }

  private static Map<String, String> labels(Tree object) {
    return object.tree("metadata").stringMap("labels");
  }

  // ---- what belongs to nodes -----------------------------------------------------------------------------------------

  private static void claim(AdmissionRequest request, String node) {
    demand(request, request.isThrough("status"), "may only update PVC status");
    demand(request, request.updates(), "unexpected operation \"" + request.operation().verb() + "\"");
    demand(
        request,
        kept(request.object()).equals(kept(request.old())),
        quoted(node) + " is not allowed to update fields other than status.capacity and status.conditions");
  }

  /** What a kubelet may not change when it resizes a volume. */
  private static Tree kept(Tree claim) {
    Tree rest = claim.copy();
    rest.need("metadata").remove("resourceVersion");
    rest.need("metadata").remove("managedFields");
    Tree status = rest.need("status");
    List.of("capacity", "conditions", "allocatedResourceStatuses", "allocatedResources").forEach(status::remove);
    return rest;
  }

  private static void lease(AdmissionRequest request, String node) {
    boolean there = request.operation().namespace().equals(LEASES);
    demand(request, there, "can only access leases in the \"" + LEASES + "\" system namespace");
    demand(request, nameOf(request).equals(node), "can only access node lease with the same name as the requesting node");
  }

  private static void slice(AdmissionRequest request, String node) {
    if (request.creates()) {
      boolean own = nodeOf(request.object()).equals(node);
      demand(request, own, "can only create ResourceSlice with the same NodeName as the requesting node");
    } else if (request.deletes()) {
      boolean own = request.old() != null && nodeOf(request.old()).equals(node);
      demand(request, own, "can only delete ResourceSlice with the same NodeName as the requesting node");
    }
  }

  /** The question that is asked about an audience: whether the node may have tokens for it at all. */
  static Attributes audienceQuestion(AdmissionRequest request, String audience) {
    return Attributes.resource(
        request.operation().user(),
        "request-serviceaccounts-token-audience",
        "",
        "",
        request.operation().namespace(),
        audience,
        "",
        request.operation().name());
  }
}
