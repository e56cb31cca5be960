package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a WebSocket into a pod needs: it comes as GET, and does what POST does. */
class ConnectionRightsTest {
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
  private static final String[] AS_ALICE = {"Authorization", "Bearer alice"};

  private static void role(LiveApi api, String name, String verbs) throws Exception {
    api.create(
        RBAC + "clusterroles",
        "{metadata: {name: " + name + "}, rules: [{apiGroups: [''], resources: [pods/exec, pods/attach, pods/portforward], verbs: " + verbs
            + "}]}");
    api.create(
        RBAC + "clusterrolebindings",
        "{metadata: {name: " + name + "}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: " + name
            + "}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: alice}]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec", "attach", "portforward"})
  void the_right_to_get_it_is_not_enough(String how) throws Exception {
    try (LiveApi api = new LiveApi()) {
      role(api, "reader", "[get]");
      String path = "/api/v1/namespaces/default/pods/none/" + how + "?command=ls&ports=1";
      api.until(() -> api.get(path, AS_ALICE).message().equals("pods \"none\" is forbidden: "));
      role(api, "creator", "[create]");
      api.until(() -> api.get(path, AS_ALICE).status() != 403);
      assertThat(api.get(path, AS_ALICE).message()).isEqualTo("pods \"none\" not found");
    }
  }

  @Test
  void logs_are_read_as_before() throws Exception {
    try (LiveApi api = new LiveApi()) {
      api.create(RBAC + "clusterroles", "{metadata: {name: logs}, rules: [{apiGroups: [''], resources: [pods/log], verbs: [get]}]}");
      api.create(
          RBAC + "clusterrolebindings",
          "{metadata: {name: logs}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: logs}, subjects: [{kind: User,"
              + " apiGroup: rbac.authorization.k8s.io, name: alice}]}");
      api.until(() -> api.get("/api/v1/namespaces/default/pods/none/log", AS_ALICE).message().equals("pods \"none\" not found"));
    }
  }
}
