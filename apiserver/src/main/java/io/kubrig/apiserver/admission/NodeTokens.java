package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** The service account tokens that a kubelet may have: those of its pods, for the audiences that their volumes want. (Source: KEP-4935.) */
final class NodeTokens {
  private final Cluster cluster;
  private final Authorizer authorizer;

  NodeTokens(Cluster cluster, Authorizer authorizer) {
    this.cluster = cluster;
    this.authorizer = authorizer;
  }

  void check(AdmissionRequest request, String node) {
    Tree spec = request.object().tree("spec");
    Tree bound = spec.tree("boundObjectRef");
    String name = bound.string("name");
    if (!bound.string("apiVersion").equals("v1") || !bound.string("kind").equals("Pod") || name.isEmpty()) {
      throw request.forbidden("node requested token not bound to a pod");
    }
    String uid = bound.string("uid");
    if (uid.isEmpty()) {
      throw request.forbidden("node requested token with a pod binding without a uid");
    }
    Tree pod =
        cluster
            .get("", "pods", request.operation().namespace(), name)
            .orElseThrow(() -> ApiException.notFound("", "pods", name));
    if (!uid.equals(pod.tree("metadata").string("uid"))) {
      throw request.forbidden(
          "the UID in the bound object reference (" + uid
              + ") does not match the UID in record. The object might have been deleted and then recreated");
    }
    if (!pod.tree("spec").string("nodeName").equals(node)) {
      throw request.forbidden("node requested token bound to a pod scheduled on a different node");
    }
    checkAudience(request, spec.strings("audiences"), pod);
  }

  private void checkAudience(AdmissionRequest request, List<String> audiences, Tree pod) {
    if (audiences.size() > 1) {
      throw request.forbidden("node may only request 0 or 1 audiences");
    }
    String audience = audiences.isEmpty() ? "" : audiences.getFirst();
    boolean wanted = pod.tree("spec").trees("volumes").stream().anyMatch(volume -> wants(volume, pod, audience));
    if (!wanted && !authorizer.authorize(NodeRestriction.audienceQuestion(request, audience)).allows()) {
      throw request.forbidden(
          "audience \"" + audience + "\" not found in pod spec volume, " + request.operation().user().name()
              + " is not authorized to request tokens for this audience");
    }
  }

  private boolean wants(Tree volume, Tree pod, String audience) {
    for (Tree source : volume.tree("projected").trees("sources")) {
      if (source.has("serviceAccountToken") && source.tree("serviceAccountToken").string("audience").equals(audience)) {
        return true;
      }
    }
    return driver(volume, pod)
        .flatMap(driver -> cluster.get("storage.k8s.io", "csidrivers", "", driver))
        .map(driver -> driver.tree("spec").trees("tokenRequests"))
        .orElse(List.of())
        .stream()
        .anyMatch(request -> request.string("audience").equals(audience));
  }

  /** The CSI driver of a volume, be it inline or behind a claim. */
  private Optional<String> driver(Tree volume, Tree pod) {
    String inline = volume.tree("csi").string("driver");
    if (!inline.isEmpty()) {
      return Optional.of(inline);
    }
    Tree metadata = pod.tree("metadata");
    String claim =
        volume.has("ephemeral")
            ? metadata.string("name") + "-" + volume.string("name")
            : volume.tree("persistentVolumeClaim").string("claimName");
    if (claim.isEmpty()) {
      return Optional.empty();
    }
    return cluster
        .get("", "persistentvolumeclaims", metadata.string("namespace"), claim)
        .map(found -> found.tree("spec").string("volumeName"))
        .flatMap(name -> cluster.get("", "persistentvolumes", "", name))
        .map(found -> found.at("spec", "csi").string("driver"));
  }
}
