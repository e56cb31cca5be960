package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may write which part of a claim's status. Those who may do everything are no test for it. */
class ClaimAuthorizationTest {
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
  private static final String CLAIMS = "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims";
  private static final String DRIVER = "system:serviceaccount:default:driver";
  private static final String[] AS_SCHEDULER = {"Impersonate-User", "scheduler"};
  private static final String[] AS_DRIVER = {
    "Impersonate-User", DRIVER, "Impersonate-Extra-authentication.kubernetes.io%2fnode-name", "n1"
  };

  private static LiveApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
    role("status", "User", "scheduler", "[update, patch]", "resourceclaims/status", "");
    role("status-of-driver", "ServiceAccount", "driver", "[update, patch]", "resourceclaims/status", "");
    role("driver", "ServiceAccount", "driver", "['associated-node:update', 'associated-node:patch']", "resourceclaims/driver", "gpu.io");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static void role(String name, String kind, String subject, String verbs, String resource, String resourceName) throws Exception {
    String names = resourceName.isEmpty() ? "" : ", resourceNames: [" + resourceName + "]";
    api.create(
        RBAC + "clusterroles",
        "{metadata: {name: " + name + "}, rules: [{apiGroups: [resource.k8s.io], resources: [" + resource + "], verbs: " + verbs + names
            + "}]}");
    String whom =
        kind.equals("User")
            ? "{kind: User, apiGroup: rbac.authorization.k8s.io, name: " + subject + "}"
            : "{kind: ServiceAccount, namespace: default, name: " + subject + "}";
    api.create(
        RBAC + "clusterrolebindings",
        "{metadata: {name: " + name + "}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: " + name
            + "}, subjects: ["
            + whom + "]}");
  }

  private static String allocation(String node) {
    return "allocation: {devices: {results: [{request: r, driver: gpu.io, pool: p, device: d}, {request: r, driver: nic.io, pool: p, "
        + "device: d}]},"
        + " nodeSelector: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [" + node + "]}]}]}}";
  }

  private static String claim(String name) throws Exception {
    api.create(
        CLAIMS,
        "{metadata: {name: " + name
            + "}, spec: {devices: {requests: [{name: r, exactly: {deviceClassName: c, allocationMode: ExactCount, count: 2}}]}}}");
    return CLAIMS + "/" + name + "/status";
  }

  private static LiveApi.Answer patch(String path, String status, String... headers) throws IOException, InterruptedException {
    return api.send("PATCH", path, "{status: {" + status + "}}", headers);
  }

  @Test
  void an_allocation_needs_the_right_to_bind() throws Exception {
    String path = claim("bound");
    api.until(() -> patch(path, "", AS_SCHEDULER).status() == 200); // the role is known
    assertThat(patch(path, allocation("n1"), AS_SCHEDULER).message())
        .isEqualTo(
            "ResourceClaim.resource.k8s.io \"bound\" is invalid: status.allocation: Forbidden: changing status.allocation or"
                + " status.reservedFor requires resource=\"resourceclaims/binding\", verb=\"patch\" permission:"
                + " resourceclaims.resource.k8s.io is forbidden: User \"scheduler\" cannot patch resource \"resourceclaims/binding\" in API"
                + " group \"resource.k8s.io\" at the cluster scope");
    role("binding", "User", "scheduler", "[patch]", "resourceclaims/binding", "");
    api.until(() -> patch(path, allocation("n1"), AS_SCHEDULER).status() == 200);
  }

  @Test
  void a_driver_writes_of_its_own_devices_and_its_own_node() throws Exception {
    String path = claim("driven");
    assertThat(patch(path, allocation("n1")).status()).isEqualTo(200);
    api.until(() -> patch(path, "devices: [{driver: gpu.io, pool: p, device: d}]", AS_DRIVER).status() == 200);
    assertThat(patch(path, "devices: [{driver: gpu.io, pool: p, device: d}, {driver: nic.io, pool: p, device: d}]", AS_DRIVER).message())
        .isEqualTo(
            "ResourceClaim.resource.k8s.io \"driven\" is invalid: status.devices: Forbidden: changing status.devices requires"
                + " resource=\"resourceclaims/driver\", verb=\"[associated-node:patch arbitrary-node:patch]\" permission:"
                + " resourceclaims.resource.k8s.io \"nic.io\" is forbidden: User \"" + DRIVER + "\" cannot associated-node:patch resource"
                + " \"resourceclaims/driver\" in API group \"resource.k8s.io\" in the namespace \"default\"");
    String elsewhere = claim("elsewhere");
    assertThat(patch(elsewhere, allocation("n2")).status()).isEqualTo(200);
    assertThat(patch(elsewhere, "devices: [{driver: gpu.io, pool: p, device: d}]", AS_DRIVER).message())
        .contains("requires resource=\"resourceclaims/driver\", verb=\"[arbitrary-node:patch]\" permission: ");
  }
}
