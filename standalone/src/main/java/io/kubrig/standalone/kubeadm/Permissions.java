package io.kubrig.standalone.kubeadm;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;

/** Who may do what so that machines can join: kubeadm's roles and bindings, under its names. */
public final class Permissions {
  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final String SIGNING = "system:certificates.k8s.io:certificatesigningrequests:";
  private static final Subject BOOTSTRAPPERS = group(BootstrapToken.NODES);
  private static final Subject NODES = group("system:nodes");

  private Permissions() {}

  /** Makes the group of {@code admin.conf} administrators. */
  public static HasMetadata administrators() {
    return binding("kubeadm:cluster-admins", "cluster-admin", group("kubeadm:cluster-admins"));
  }

  /** Lets machines that join read the cluster's configuration, a ConfigMap in kube-system. */
  public static List<HasMetadata> reading(String role, String configMap) {
    return readingIn("kube-system", role, configMap, BOOTSTRAPPERS, NODES);
  }

  /** Lets everybody read where the cluster is. */
  public static List<HasMetadata> readingClusterInfo() {
    return readingIn("kube-public", "kubeadm:bootstrap-signer-clusterinfo", "cluster-info", user("system:anonymous"));
  }

  private static List<HasMetadata> readingIn(String namespace, String role, String configMap, Subject... subjects) {
    return List.of(
        new RoleBuilder().withNewMetadata().withName(role).withNamespace(namespace).endMetadata()
            .addNewRule().withApiGroups("").withResources("configmaps").withResourceNames(configMap).withVerbs("get").endRule().build(),
        new RoleBindingBuilder().withNewMetadata().withName(role).withNamespace(namespace).endMetadata()
            .withNewRoleRef(RBAC, "Role", role).withSubjects(subjects).build());
  }

  /** Lets machines that join see whether their name is taken. */
  public static List<HasMetadata> gettingNodes() {
    String name = "kubeadm:get-nodes";
    return List.of(
        new ClusterRoleBuilder().withNewMetadata().withName(name).endMetadata()
            .addNewRule().withApiGroups("").withResources("nodes").withVerbs("get").endRule().build(),
        binding(name, name, BOOTSTRAPPERS));
  }

  /** Lets machines that join ask for a certificate. */
  public static HasMetadata askingForCertificates() {
    return binding("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", BOOTSTRAPPERS);
  }

  /** Has their first certificate approved without asking anybody. */
  public static HasMetadata firstCertificates() {
    return binding("kubeadm:node-autoapprove-bootstrap", SIGNING + "nodeclient", BOOTSTRAPPERS);
  }

  /** Has its renewals approved in the same way. */
  public static HasMetadata renewals() {
    return binding("kubeadm:node-autoapprove-certificate-rotation", SIGNING + "selfnodeclient", NODES);
  }

  /** Lets the API server talk to kubelets. */
  public static HasMetadata kubeletApi() {
    return binding("kubeadm:apiserver-kubelet-client", "system:kubelet-api-admin", user("kube-apiserver-kubelet-client"));
  }

  /** Lets the service proxy of a node, which runs in one process with its kubelet and as the same user, see Services. */
  public static HasMetadata proxies() {
    return binding("kubrig:node-proxier", "system:node-proxier", NODES);
  }

  private static HasMetadata binding(String name, String role, Subject subject) {
    return new ClusterRoleBindingBuilder().withNewMetadata().withName(name).endMetadata()
        .withNewRoleRef(RBAC, "ClusterRole", role).withSubjects(subject).build();
  }

  private static Subject group(String name) {
    return new Subject(RBAC, "Group", name, null);
  }

  private static Subject user(String name) {
    return new Subject(RBAC, "User", name, null);
  }
}
