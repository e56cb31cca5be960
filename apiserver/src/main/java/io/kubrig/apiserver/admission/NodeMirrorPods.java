package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** The pods that a kubelet may create: mirrors of its own static pods, which need nothing of the API. */
final class NodeMirrorPods {
  private static final List<String> SECRET_VOLUMES = List.of("cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos");

  private final Cluster cluster;

  NodeMirrorPods(Cluster cluster) {
    this.cluster = cluster;
  }

  void check(AdmissionRequest request, String node) {
    Tree pod = request.object();
    String who = "node \"" + node + "\"";
    if (!Pods.isMirror(pod)) {
      throw request.forbidden("pod does not have \"kubernetes.io/config.mirror\" annotation, " + who + " can only create mirror pods");
    }
    if (!pod.tree("spec").string("nodeName").equals(node)) {
      throw request.forbidden(who + " can only create pods with spec.nodeName set to itself");
    }
    checkOwner(request, node, who);
    String reference = reference(pod.tree("spec"));
    if (!reference.isEmpty()) {
      throw request.forbidden(who + " can not create pods that reference " + reference);
    }
  }

  private void checkOwner(AdmissionRequest request, String node, String who) {
    List<Tree> owners = request.object().tree("metadata").trees("ownerReferences");
    if (owners.size() > 1) {
      throw request.forbidden(who + " can only create pods with a single owner reference set to itself");
    }
    Tree owner = owners.isEmpty() ? Tree.empty() : owners.getFirst();
    if (!owner.string("apiVersion").equals("v1") || !owner.string("kind").equals("Node") || !owner.string("name").equals(node)) {
      throw request.forbidden(who + " can only create pods with an owner reference set to itself");
    }
    if (!owner.bool("controller")) {
      throw request.forbidden(who + " can only create pods with a controller owner reference set to itself");
    }
    if (owner.bool("blockOwnerDeletion")) {
      throw request.forbidden(who + " must not set blockOwnerDeletion on an owner reference");
    }
    String uid = cluster.get("", "nodes", "", node).orElseThrow(() -> ApiException.notFound("", "nodes", node)).tree("metadata")
        .string("uid");
    if (!owner.string("uid").equals(uid)) {
      throw request.forbidden("node " + node + " UID mismatch: expected " + owner.string("uid") + " got " + uid);
    }
  }

  /** The first kind of object that the pod needs; "" for none. */
  private static String reference(Tree spec) {
    if (!spec.string("serviceAccountName").isEmpty()) {
      return "a service account";
    }
    List<Tree> volumes = spec.trees("volumes");
    List<Tree> sources = new ArrayList<>();
    volumes.forEach(volume -> sources.addAll(volume.tree("projected").trees("sources")));
    if (!spec.list("imagePullSecrets").isEmpty()
        || reads(spec, "secretKeyRef", "secretRef")
        || volumes.stream().anyMatch(NodeMirrorPods::usesSecret)
        || sources.stream().anyMatch(source -> source.has("secret"))) {
      return "secrets";
    }
    if (reads(spec, "configMapKeyRef", "configMapRef")
        || volumes.stream().anyMatch(volume -> volume.has("configMap"))
        || sources.stream().anyMatch(source -> source.has("configMap"))) {
      return "configmaps";
    }
    if (sources.stream().anyMatch(source -> source.has("clusterTrustBundle"))) {
      return "clustertrustbundles";
    }
    if (volumes.stream().anyMatch(volume -> volume.has("persistentVolumeClaim"))) {
      return "persistentvolumeclaims";
    }
    return spec.list("resourceClaims").isEmpty() ? "" : "resourceclaims";
  }

  private static boolean reads(Tree spec, String variable, String source) {
    List<Tree> containers = Pods.containers(spec);
    containers.addAll(spec.trees("ephemeralContainers"));
    for (Tree container : containers) {
      if (container.trees("env").stream().anyMatch(one -> one.tree("valueFrom").has(variable))
          || container.trees("envFrom").stream().anyMatch(one -> one.has(source))) {
        return true;
      }
    }
    return false;
  }

  private static boolean usesSecret(Tree volume) {
    return volume.has("secret")
        || volume.tree("azureFile").has("secretName")
        || volume.tree("csi").has("nodePublishSecretRef")
        || SECRET_VOLUMES.stream().anyMatch(driver -> volume.tree(driver).has("secretRef"));
  }
}
