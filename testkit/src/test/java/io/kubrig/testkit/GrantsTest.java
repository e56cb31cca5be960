package io.kubrig.testkit;

import static io.kubrig.testkit.assertion.KubrigAssertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

@KubrigTest(controllers = false, scheduler = false, nodes = 0)
class GrantsTest {
  private static final PolicyRule LISTS = new PolicyRuleBuilder().withApiGroups("").withResources("configmaps").withVerbs("list").build();

  KubrigCluster cluster;

  @Test
  void a_grant_counts_at_once_and_in_its_namespace_only() {
    for (int i = 0; i < 50; i++) {
      String user = "alice-" + i;
      cluster.grant(user, "default", LISTS);
      assertThat(cluster).allows(user, "list", "configmaps", "default").denies(user, "list", "configmaps", "kube-system");
    }
  }

  @Test
  void a_grant_everywhere_counts_at_once_in_all_namespaces() {
    for (int i = 0; i < 50; i++) {
      String user = "bob-" + i;
      cluster.grantEverywhere(user, LISTS);
      assertThat(cluster).allows(user, "list", "configmaps", "kube-system").denies(user, "delete", "configmaps", "default");
    }
  }

  @Test
  void roles_of_a_manifest_count_when_it_has_been_applied() {
    for (int i = 0; i < 50; i++) {
      String user = "carol-" + i;
      cluster.apply(new ByteArrayInputStream("""
          apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: {name: USER, namespace: default}
          rules: [{apiGroups: [""], resources: [configmaps], verbs: [list]}]
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata: {name: USER, namespace: default}
          roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: USER}
          subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: USER}]
          """.replace("USER", user).getBytes(StandardCharsets.UTF_8)));
      assertThat(cluster).allows(user, "list", "configmaps", "default");
    }
  }
}
