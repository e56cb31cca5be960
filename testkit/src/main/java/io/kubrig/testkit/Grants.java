package io.kubrig.testkit;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.function.Consumer;

/** Rights given to users of a test: a role of their own, and a binding to it. */
final class Grants {
  private static final String API = "rbac.authorization.k8s.io";

  private final KubernetesClient client;
  private final Consumer<HasMetadata> awaited;

  /** @param awaited returns when requests are judged by the object it is told of */
  Grants(KubernetesClient client, Consumer<HasMetadata> awaited) {
    this.client = client;
    this.awaited = awaited;
  }

  void everywhere(String user, List<PolicyRule> rules) {
    HasMetadata role = client.resource(
        new ClusterRoleBuilder().withNewMetadata().withGenerateName(user + "-").endMetadata().withRules(rules).build()).create();
    HasMetadata binding = client.resource(
        new ClusterRoleBindingBuilder().withNewMetadata().withName(role.getMetadata().getName()).endMetadata()
            .withNewRoleRef(API, "ClusterRole", role.getMetadata().getName())
            .addNewSubject(API, "User", user, null).build()).create();
    awaited.accept(role);
    awaited.accept(binding);
  }

  void in(String namespace, String user, List<PolicyRule> rules) {
    HasMetadata role = client.resource(
        new RoleBuilder().withNewMetadata().withNamespace(namespace).withGenerateName(user + "-").endMetadata().withRules(rules).build())
        .create();
    HasMetadata binding = client.resource(
        new RoleBindingBuilder().withNewMetadata().withNamespace(namespace).withName(role.getMetadata().getName()).endMetadata()
            .withNewRoleRef(API, "Role", role.getMetadata().getName())
            .addNewSubject(API, "User", user, null).build()).create();
    awaited.accept(role);
    awaited.accept(binding);
  }
}
