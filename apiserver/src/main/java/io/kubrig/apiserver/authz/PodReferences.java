package io.kubrig.apiserver.authz;

import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The objects that a pod needs on its node, and the secrets that a persistent volume needs. */
final class PodReferences {

  /** An object of the legacy group or a resource claim. */
  record Ref(String resource, String namespace, String name) {}

  private PodReferences() {}

  static Set<Ref> of(Tree pod) {
    Set<Ref> refs = new HashSet<>();
    Tree metadata = pod.tree("metadata");
    String namespace = metadata.string("namespace");
    Tree spec = pod.tree("spec");
    add(refs, "serviceaccounts", namespace, spec.string("serviceAccountName"));
    spec.trees("imagePullSecrets").forEach(secret -> add(refs, "secrets", namespace, secret.string("name")));
    for (String kind : List.of("initContainers", "containers", "ephemeralContainers")) {
      spec.trees(kind).forEach(container -> container(refs, namespace, container));
    }
    spec.trees("volumes").forEach(volume -> volume(refs, namespace, metadata.string("name"), volume));
    spec.trees("resourceClaims").forEach(claim -> add(refs, "resourceclaims", namespace, claim.string("resourceClaimName")));
    pod.tree("status").trees("resourceClaimStatuses")
        .forEach(claim -> add(refs, "resourceclaims", namespace, claim.string("resourceClaimName")));
    add(refs, "resourceclaims", namespace, pod.at("status", "extendedResourceClaimStatus").string("resourceClaimName"));
    return refs;
  }

  private static void container(Set<Ref> refs, String namespace, Tree container) {
    for (Tree variable : container.trees("env")) {
      add(refs, "secrets", namespace, variable.at("valueFrom", "secretKeyRef").string("name"));
      add(refs, "configmaps", namespace, variable.at("valueFrom", "configMapKeyRef").string("name"));
    }
    for (Tree source : container.trees("envFrom")) {
      add(refs, "secrets", namespace, source.tree("secretRef").string("name"));
      add(refs, "configmaps", namespace, source.tree("configMapRef").string("name"));
    }
  }

  private static void volume(Set<Ref> refs, String namespace, String pod, Tree volume) {
    add(refs, "secrets", namespace, volume.tree("secret").string("secretName"));
    add(refs, "secrets", namespace, volume.tree("azureFile").string("secretName"));
    add(refs, "secrets", namespace, volume.at("csi", "nodePublishSecretRef").string("name"));
    for (String driver : List.of("cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos")) {
      add(refs, "secrets", namespace, volume.at(driver, "secretRef").string("name"));
    }
    add(refs, "configmaps", namespace, volume.tree("configMap").string("name"));
    for (Tree source : volume.tree("projected").trees("sources")) {
      add(refs, "secrets", namespace, source.tree("secret").string("name"));
      add(refs, "configmaps", namespace, source.tree("configMap").string("name"));
    }
    add(refs, "persistentvolumeclaims", namespace, volume.tree("persistentVolumeClaim").string("claimName"));
    if (volume.has("ephemeral")) {
      add(refs, "persistentvolumeclaims", namespace, pod + "-" + volume.string("name"));
    }
  }

  /** The secrets that a kubelet needs for a persistent volume. */
  static Set<Ref> secretsOf(Tree persistentVolume) {
    Set<Ref> refs = new HashSet<>();
    Tree spec = persistentVolume.tree("spec");
    String claimNamespace = spec.tree("claimRef").string("namespace");
    for (String member : List.of("nodePublishSecretRef", "nodeStageSecretRef", "nodeExpandSecretRef")) {
      Tree secret = spec.at("csi", member);
      add(refs, "secrets", secret.string("namespace"), secret.string("name"));
    }
    for (String driver : List.of("cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos")) {
      Tree secret = spec.at(driver, "secretRef");
      add(refs, "secrets", secret.string("namespace").isEmpty() ? claimNamespace : secret.string("namespace"), secret.string("name"));
    }
    Tree azure = spec.tree("azureFile");
    add(refs, "secrets", azure.string("secretNamespace").isEmpty() ? claimNamespace
        : azure.string("secretNamespace"), azure.string("secretName"));
    return refs;
  }

  private static void add(Set<Ref> refs, String resource, String namespace, String name) {
    if (!name.isEmpty()) {
      refs.add(new Ref(resource, namespace, name));
    }
  }
}
