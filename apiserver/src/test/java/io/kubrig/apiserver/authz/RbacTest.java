package io.kubrig.apiserver.authz;

import static io.kubrig.apiserver.authz.FakeObjects.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.status.ApiException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RbacTest {
  private static final UserInfo JANE = UserInfo.of("jane", "dev", "system:authenticated");

  private final FakeObjects objects = new FakeObjects().withDefaultPolicy();
  private final Rbac rbac = new Rbac(objects);

  private static Attributes ask(UserInfo user, String verb, String group, String namespace, String resource, String subresource,
      String name) {
    return Attributes.resource(user, verb, group, "v1", namespace, resource, subresource, name);
  }

  private void role(String rules) {
    objects.put(Rbac.GROUP, "roles", tree("{'kind':'Role','metadata':{'name':'r','namespace':'ns'},'rules':" + rules + "}"));
  }

  private void bind(String subject) {
    objects.put(Rbac.GROUP, "rolebindings",
        tree("{'metadata':{'name':'b','namespace':'ns'},'roleRef':{'kind':'Role','name':'r'},'subjects':[" + subject + "]}"));
  }

  @Test
  void allows_what_a_role_says_and_names_the_binding() {
    role("[{'apiGroups':[''],'resources':['configmaps'],'verbs':['get'],'resourceNames':['a']}]");
    bind("{'kind':'User','name':'jane'}");
    Verdict allowed = rbac.authorize(ask(JANE, "get", "", "ns", "configmaps", "", "a"));
    assertThat(allowed).isEqualTo(Verdict.allow("RBAC: allowed by RoleBinding \"b/ns\" of Role \"r\" to User \"jane\""));
    assertThat(rbac.authorize(ask(JANE, "get", "", "ns", "configmaps", "", "b")).allows()).isFalse();
    assertThat(rbac.authorize(ask(JANE, "get", "", "other", "configmaps", "", "a")).allows()).isFalse();
    assertThat(rbac.authorize(ask(JANE, "list", "", "ns", "configmaps", "", "")).allows()).isFalse();
  }

  @Test
  void follows_changes_of_roles_and_bindings() {
    bind("{'kind':'Group','name':'dev'}");
    Attributes asked = ask(JANE, "list", "", "ns", "pods", "", "");
    assertThat(rbac.authorize(asked).reason()).isEqualTo("RBAC: role.rbac.authorization.k8s.io \"r\" not found");
    role("[{'apiGroups':['*'],'resources':['*'],'verbs':['*']}]");
    assertThat(rbac.authorize(asked).allows()).isTrue();
    objects.remove(Rbac.GROUP, "rolebindings", "ns", "b");
    assertThat(rbac.authorize(asked).allows()).isFalse();
  }

  @Test
  void tells_subresources_apart() {
    role("[{'apiGroups':['apps'],'resources':['*/scale','deployments/status'],'verbs':['update']}]");
    bind("{'kind':'ServiceAccount','name':'s'}");
    UserInfo account = UserInfo.of("system:serviceaccount:ns:s");
    assertThat(rbac.authorize(ask(account, "update", "apps", "ns", "deployments", "scale", "x")).allows()).isTrue();
    assertThat(rbac.authorize(ask(account, "update", "apps", "ns", "deployments", "status", "x")).allows()).isTrue();
    assertThat(rbac.authorize(ask(account, "update", "apps", "ns", "deployments", "", "x")).allows()).isFalse();
    assertThat(rbac.authorize(ask(account, "update", "apps", "ns", "statefulsets", "status", "x")).allows()).isFalse();
  }

  @Test
  void lets_everybody_see_what_is_served_and_nobody_the_metrics() {
    assertThat(rbac.authorize(Attributes.path(JANE, "get", "/apis/apps/v1")).allows()).isTrue();
    assertThat(rbac.authorize(Attributes.path(JANE, "get", "/metrics")).allows()).isFalse();
    UserInfo anonymous = UserInfo.of("system:anonymous", "system:unauthenticated");
    assertThat(rbac.authorize(Attributes.path(anonymous, "get", "/version")).allows()).isTrue();
    assertThat(rbac.authorize(Attributes.path(anonymous, "get", "/apis")).allows()).isFalse();
  }

  @Test
  void refuses_to_let_users_grant_what_they_do_not_have() {
    role("[{'apiGroups':[''],'resources':['configmaps'],'verbs':['get','list']}]");
    bind("{'kind':'User','name':'jane'}");
    Escalation escalation = new Escalation(rbac, rbac);
    var wanted =
        tree("{'metadata':{'name':'x','namespace':'ns'},'rules':[{'apiGroups':[''],'resources':['secrets','configmaps'],'verbs':['get','list']}]}");
    assertThatThrownBy(() -> escalation.checkRole(JANE, "roles", wanted, null))
        .isInstanceOf(ApiException.class)
        .hasMessage(
            "roles.rbac.authorization.k8s.io \"x\" is forbidden: user \"jane\" (groups=[\"dev\" \"system:authenticated\"]) is "
                + "attempting to grant RBAC"
                + " permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}");
    escalation.checkRole(UserInfo.of("root", "system:masters"), "roles", wanted, null);
  }

  @Test
  void refuses_to_let_users_bind_roles_beyond_their_rights() {
    Escalation escalation = new Escalation(rbac, rbac);
    var binding = tree("{'metadata':{'name':'x','namespace':'ns'},'roleRef':{'kind':'ClusterRole','name':'cluster-admin'}}");
    assertThatThrownBy(() -> escalation.checkBinding(JANE, "rolebindings", binding, null))
        .hasMessageContaining("permissions not currently held");
    var missing = tree("{'metadata':{'name':'x','namespace':'ns'},'roleRef':{'kind':'Role','name':'none'}}");
    assertThatThrownBy(() -> escalation.checkBinding(JANE, "rolebindings", missing, null))
        .hasMessage("roles.rbac.authorization.k8s.io \"none\" not found");
  }

  @Test
  void reconciling_adds_what_is_missing_and_leaves_protected_objects_alone() {
    var wanted = BootstrapPolicy.load().clusterRoles().stream()
        .filter(r -> r.tree("metadata").string("name").equals("system:kube-dns")).findFirst().orElseThrow();
    assertThat(BootstrapPolicy.reconcile(wanted, wanted)).isEmpty();
    var stored = wanted.copy();
    stored.set("rules", new ArrayList<>());
    assertThat(BootstrapPolicy.reconcile(stored, wanted).orElseThrow().trees("rules")).hasSize(1);
    stored.need("metadata").need("annotations").set("rbac.authorization.kubernetes.io/autoupdate", "false");
    assertThat(BootstrapPolicy.reconcile(stored, wanted)).isEmpty();
  }

  @Test
  void has_the_default_roles_of_native() {
    BootstrapPolicy.Defaults defaults = BootstrapPolicy.load();
    assertThat(defaults.clusterRoles()).hasSize(69);
    assertThat(defaults.clusterRoleBindings()).hasSize(50);
    assertThat(defaults.roles()).hasSize(7);
    assertThat(defaults.roleBindings()).hasSize(7);
    assertThat(defaults.clusterRoles()).allSatisfy(
        role -> assertThat(role.at("metadata", "labels").string("kubernetes.io/bootstrapping")).isEqualTo("rbac-defaults"));
  }

  @Test
  void lists_the_rules_of_a_user() {
    List<PolicyRule> rules = rbac.rulesFor(JANE, "ns").rules();
    assertThat(rules).anySatisfy(rule -> assertThat(rule.resources()).contains("selfsubjectaccessreviews"));
  }
}
