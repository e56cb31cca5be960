package io.kubrig.apiserver.authn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.FakeObjects;
import io.kubrig.apiserver.authz.Rbac;
import io.kubrig.apiserver.http.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImpersonationTest {
  private static final UserInfo ADMIN = UserInfo.of("admin", "system:masters");
  private static final UserInfo ALICE = UserInfo.of("alice");

  private final FakeObjects objects = new FakeObjects();
  private final Impersonation impersonation =
      new Impersonation(Authorizer.union(List.of(Authorizer.privileged("system:masters"), new Rbac(objects))));

  private UserInfo as(UserInfo sender, String... headers) {
    return impersonation.impersonate(Headers.of(headers), Attributes.path(sender, "get", "/api")).orElseThrow();
  }

  @Test
  void takes_name_groups_uid_and_extra_from_the_headers_and_removes_them() {
    Headers headers = Headers.of("Impersonate-User", "jane", "Impersonate-Group", "g1", "Impersonate-Group", "g2", "Impersonate-Uid", "u",
        "Impersonate-Extra-Example.com%2fX", "z", "Accept", "x");
    UserInfo user = impersonation.impersonate(headers, Attributes.path(ADMIN, "get", "/api")).orElseThrow();
    assertThat(user.groups()).containsExactly("g1", "g2", "system:authenticated");
    assertThat(user.uid()).isEqualTo("u");
    assertThat(user.extra()).containsEntry("example.com/x", List.of("z"));
    headers.forEach((name, value) -> assertThat(name).isEqualTo("Accept"));
  }

  @Test
  void gives_accounts_nodes_and_anonymous_their_groups() {
    assertThat(as(ADMIN, "Impersonate-User", "system:serviceaccount:ns:s").groups())
        .containsExactly("system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated");
    assertThat(as(ADMIN, "Impersonate-User", "system:anonymous").groups()).containsExactly("system:unauthenticated");
    assertThat(as(ADMIN, "Impersonate-User", "system:node:n").groups()).containsExactly("system:nodes", "system:authenticated");
  }

  @Test
  void refuses_groups_without_a_user() {
    assertThatThrownBy(() -> as(ADMIN, "Impersonate-Group", "g")).hasMessageContaining("without impersonating a user name");
  }

  @Test
  void refuses_who_has_no_right_to_it() {
    assertThatThrownBy(() -> as(ALICE, "Impersonate-User", "joe"))
        .hasMessage("forbidden: User \"alice\" cannot impersonate-on:user-info:get path \"/api\"");
    objects.put("rbac.authorization.k8s.io", "clusterroles",
        FakeObjects.tree("{'metadata':{'name':'r'},'rules':[{'apiGroups':[''],'resources':['users'],'verbs':['impersonate'],'resourceNames':['jane']}]}"));
    objects.put("rbac.authorization.k8s.io", "clusterrolebindings",
        FakeObjects.tree("{'metadata':{'name':'b'},'roleRef':{'kind':'ClusterRole','name':'r'},'subjects':[{'kind':'User','name':'alice'}]}"));
    assertThat(as(ALICE, "Impersonate-User", "jane").name()).isEqualTo("jane");
    assertThatThrownBy(() -> as(ALICE, "Impersonate-User", "joe"))
        .hasMessage("users \"joe\" is forbidden: User \"alice\" cannot impersonate resource \"users\" in API group \"\" at the cluster "
            + "scope");
    assertThatThrownBy(() -> as(ALICE, "Impersonate-User", "jane", "Impersonate-Group", "g"))
        .hasMessage("groups \"g\" is forbidden: User \"alice\" cannot impersonate resource \"groups\" in API group \"\" at the cluster "
            + "scope");
  }
}
