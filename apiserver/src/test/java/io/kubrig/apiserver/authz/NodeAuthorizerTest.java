package io.kubrig.apiserver.authz;

import static io.kubrig.apiserver.authz.FakeObjects.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.authn.UserInfo;
import org.junit.jupiter.api.Test;

class NodeAuthorizerTest {
  private static final UserInfo NODE = UserInfo.of("system:node:n1", "system:nodes");

  private final FakeObjects objects = new FakeObjects();
  private final NodeAuthorizer authorizer = new NodeAuthorizer(objects);

  private Verdict ask(String verb, String resource, String namespace, String name) {
    return authorizer.authorize(Attributes.resource(NODE, verb, "", "v1", namespace, resource, "", name));
  }

  private void pod(String name, String node, String more) {
    objects.put("", "pods", tree("{'metadata':{'name':'" + name + "','namespace':'ns'},'spec':{'nodeName':'" + node + "'" + more + "}}"));
  }

  @Test
  void opens_the_objects_of_a_nodes_pods_and_closes_them_when_the_pod_goes() {
    pod("p", "n1", ",'volumes':[{'secret':{'secretName':'s'}},{'persistentVolumeClaim':{'claimName':'c'}}]");
    objects.put("", "persistentvolumes", tree("{'metadata':{'name':'v'},'spec':{'claimRef':{'namespace':'ns','name':'c'},"
        + "'csi':{'nodeStageSecretRef':{'namespace':'x','name':'stage'}}}}"));
    assertThat(ask("get", "secrets", "ns", "s").allows()).isTrue();
    assertThat(ask("get", "persistentvolumes", "", "v").allows()).isTrue();
    assertThat(ask("get", "secrets", "x", "stage").allows()).isTrue();
    assertThat(ask("get", "pods", "ns", "p").allows()).isTrue();
    assertThat(ask("get", "secrets", "ns", "other").reason()).isEqualTo("no relationship found between node 'n1' and this object");
    objects.remove("", "pods", "ns", "p");
    assertThat(ask("get", "secrets", "ns", "s").allows()).isFalse();
    assertThat(ask("get", "persistentvolumes", "", "v").allows()).isFalse();
  }

  @Test
  void keeps_an_object_open_while_one_of_several_pods_uses_it() {
    pod("p", "n1", ",'serviceAccountName':'a'");
    pod("q", "n1", ",'serviceAccountName':'a'");
    objects.remove("", "pods", "ns", "p");
    Attributes token = Attributes.resource(NODE, "create", "", "v1", "ns", "serviceaccounts", "token", "a");
    assertThat(authorizer.authorize(token).allows()).isTrue();
    objects.remove("", "pods", "ns", "q");
    assertThat(authorizer.authorize(token).allows()).isFalse();
  }

  @Test
  void opens_nothing_for_mirror_pods_or_other_nodes() {
    pod("p", "n2", ",'volumes':[{'secret':{'secretName':'s'}}]");
    objects.put("", "pods", tree("{'metadata':{'name':'m','namespace':'ns','annotations':{'kubernetes.io/config.mirror':'x'}},"
        + "'spec':{'nodeName':'n1','volumes':[{'secret':{'secretName':'t'}}]}}"));
    assertThat(ask("get", "secrets", "ns", "s").allows()).isFalse();
    assertThat(ask("get", "secrets", "ns", "t").allows()).isFalse();
  }

  @Test
  void narrows_lists_of_pods_and_nodes() {
    assertThat(ask("list", "pods", "ns", "").reason()).isEqualTo("can only list/watch pods with spec.nodeName field selector");
    assertThat(ask("list", "nodes", "", "").reason()).isEqualTo("node 'n1' cannot read all nodes, only its own Node object");
    assertThat(ask("get", "nodes", "", "n1").allows()).isTrue();
    assertThat(ask("list", "secrets", "ns", "").reason()).isEqualTo("No Object name found");
    assertThat(ask("list", "services", "", "").allows()).isTrue();
  }

  @Test
  void has_no_opinion_on_others() {
    Attributes other = Attributes.resource(UserInfo.of("system:node:n1"), "get", "", "v1", "", "nodes", "", "n1");
    assertThat(authorizer.authorize(other)).isEqualTo(Verdict.noOpinion(""));
  }
}
