package io.kubrig.apiserver.admission;

import static io.kubrig.apiserver.admission.Requests.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.authz.Authorizer;
import org.junit.jupiter.api.Test;

class NodeRestrictionTest {
  private final FakeCluster cluster =
      new FakeCluster()
          .with("", "nodes", "", "{metadata: {name: n1, uid: u1}}")
          .with("", "pods", "ns",
              "{metadata: {name: mine, uid: p1}, spec: {nodeName: n1, volumes: [{projected: {sources: [{serviceAccountToken: {audience: "
              + "vault}}]}}]}}")
          .with("", "pods", "ns", "{metadata: {name: other, uid: p2}, spec: {nodeName: m}}");
  private final NodeRestriction plugin = new NodeRestriction(cluster, Authorizer::alwaysDeny);

  private static Requests node(String resource) {
    return Requests.on(resource).by("system:node:n1", "system:nodes", "system:authenticated");
  }

  private String mirror(String more) {
    return refusal(plugin, node("pods").create("{metadata: {name: q, annotations: {kubernetes.io/config.mirror: x}" + more + "}}"));
  }

  @Test
  void leaves_everybody_else_alone() {
    assertThat(refusal(plugin, Requests.on("nodes").create("{metadata: {name: x}}"))).isEmpty();
    assertThat(refusal(plugin, Requests.on("nodes").by("system:node:n1").create("{metadata: {name: x}}"))).isEmpty();
  }

  @Test
  void lets_a_kubelet_create_only_mirrors_of_its_own_static_pods() {
    assertThat(refusal(plugin, node("pods").create("{metadata: {name: q}, spec: {nodeName: n1}}")))
        .isEqualTo("pod does not have \"kubernetes.io/config.mirror\" annotation, node \"n1\" can only create mirror pods");
    String owner = ", ownerReferences: [{apiVersion: v1, kind: Node, name: n1, uid: %s, controller: %s}]}, spec: {nodeName: n1, %s}, x: {";
    assertThat(mirror("}, spec: {nodeName: m}, x: {")).isEqualTo("node \"n1\" can only create pods with spec.nodeName set to itself");
    assertThat(mirror("}, spec: {nodeName: n1}, x: {")).isEqualTo("node \"n1\" can only create pods with an owner reference set to itself");
    assertThat(mirror(owner.formatted("u1", "false", "")))
        .isEqualTo("node \"n1\" can only create pods with a controller owner reference set to itself");
    assertThat(mirror(owner.formatted("u2", "true", ""))).isEqualTo("node n1 UID mismatch: expected u2 got u1");
    assertThat(mirror(owner.formatted("u1", "true", ""))).isEmpty();
    assertThat(mirror(owner.formatted("u1", "true", "serviceAccountName: s")))
        .isEqualTo("node \"n1\" can not create pods that reference a service account");
    assertThat(mirror(owner.formatted("u1", "true", "containers: [{env: [{valueFrom: {secretKeyRef: {name: s}}}]}]")))
        .isEqualTo("node \"n1\" can not create pods that reference secrets");
    assertThat(mirror(owner.formatted("u1", "true", "volumes: [{configMap: {name: s}}]")))
        .isEqualTo("node \"n1\" can not create pods that reference configmaps");
    assertThat(mirror(owner.formatted("u1", "true", "resourceClaims: [{name: s}]")))
        .isEqualTo("node \"n1\" can not create pods that reference resourceclaims");
  }

  @Test
  void lets_a_kubelet_report_and_remove_only_pods_that_it_runs() {
    assertThat(refusal(plugin, node("pods").delete("{metadata: {name: mine}}"))).isEmpty();
    assertThat(refusal(plugin, node("pods").delete("{metadata: {name: other}}")))
        .isEqualTo("node \"n1\" can only delete pods with spec.nodeName set to itself");
    assertThat(refusal(plugin, node("pods/eviction").create("{metadata: {name: other}}")))
        .isEqualTo("node n1 can only evict pods with spec.nodeName set to itself");
    String pod = "{metadata: {name: mine}, spec: {nodeName: n1}, status: {}}";
    assertThat(refusal(plugin, node("pods/status").update(pod, "{metadata: {name: mine}, spec: {nodeName: n1}, status: {phase: Running}}")))
        .isEmpty();
    assertThat(refusal(plugin, node("pods/status").update(pod, "{metadata: {name: mine, labels: {a: b}}, spec: {nodeName: n1}}")))
        .isEqualTo("node \"n1\" cannot update labels through pod status");
    assertThat(refusal(plugin, node("pods/resize").update(pod, pod)))
        .isEqualTo("unexpected pod subresource \"resize\", only 'status' and 'eviction' are allowed");
    assertThat(refusal(plugin, node("pods").update(pod, pod)))
        .isEqualTo("unexpected operation \"UPDATE\", node \"n1\" can only create and delete mirror pods");
  }

  @Test
  void keeps_a_kubelet_from_drawing_pods_to_its_node() {
    assertThat(refusal(plugin, node("nodes").create("{metadata: {name: m}}"))).isEqualTo("node \"n1\" is not allowed to modify node \"m\"");
    assertThat(refusal(plugin,
        node("nodes").create("{metadata: {name: n1, labels: {node-restriction.kubernetes.io/x: v, b.k8s.io/c: d}}}")))
        .isEqualTo("node \"n1\" is not allowed to set the following labels: b.k8s.io/c, node-restriction.kubernetes.io/x");
    String old = "{metadata: {name: n1, labels: {kubernetes.io/os: linux}}}";
    assertThat(refusal(plugin, node("nodes").update(old, "{metadata: {name: n1, labels: {node.kubernetes.io/foo: x, example.com/a: b}}}")))
        .isEmpty();
    assertThat(refusal(plugin, node("nodes").update(old, "{metadata: {name: n1, labels: {kubernetes.io/foo: x}}}")))
        .isEqualTo("is not allowed to modify labels: kubernetes.io/foo");
    assertThat(refusal(plugin,
        node("nodes").update(old, "{metadata: {name: n1, labels: {kubernetes.io/os: linux}}, spec: {taints: [{key: a}]}}")))
        .isEqualTo("node \"n1\" is not allowed to modify taints");
  }

  @Test
  void gives_tokens_for_its_pods_and_the_audiences_of_their_volumes() {
    String bound = "{metadata: {name: s}, spec: {audiences: [%s], boundObjectRef: {apiVersion: v1, kind: Pod, name: %s, uid: %s}}}";
    Requests token = node("serviceaccounts/token");
    assertThat(refusal(plugin, token.create(bound.formatted("vault", "mine", "p1")))).isEmpty();
    assertThat(refusal(plugin, token.create("{metadata: {name: s}, spec: {}}"))).isEqualTo("node requested token not bound to a pod");
    assertThat(refusal(plugin, token.create(bound.formatted("vault", "other", "p2"))))
        .isEqualTo("node requested token bound to a pod scheduled on a different node");
    assertThat(refusal(plugin, token.create(bound.formatted("vault", "mine", "p9"))))
        .startsWith("the UID in the bound object reference (p9) does not match");
    assertThat(refusal(plugin, token.create(bound.formatted("a, b", "mine", "p1")))).isEqualTo("node may only request 0 or 1 audiences");
    assertThat(refusal(plugin, token.create(bound.formatted("elsewhere", "mine", "p1"))))
        .isEqualTo("audience \"elsewhere\" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this "
            + "audience");
  }

  @Test
  void guards_leases_csi_nodes_and_claims() {
    assertThat(refusal(plugin, node("leases.coordination.k8s.io").create("{metadata: {name: n1}}")))
        .isEqualTo("can only access leases in the \"kube-node-lease\" system namespace");
    assertThat(refusal(plugin, node("csinodes.storage.k8s.io").create("{metadata: {name: m}}")))
        .isEqualTo("can only access CSINode with the same name as the requesting node");
    assertThat(refusal(plugin, node("resourceslices.resource.k8s.io").create("{metadata: {name: m}, spec: {nodeName: m}}")))
        .isEqualTo("can only create ResourceSlice with the same NodeName as the requesting node");
    String claim = "{metadata: {name: c}, status: {phase: Bound}}";
    Requests status = node("persistentvolumeclaims/status");
    assertThat(refusal(plugin, status.update(claim, "{metadata: {name: c}, status: {phase: Bound, capacity: {storage: 1}}}"))).isEmpty();
    assertThat(refusal(plugin, status.update(claim, "{metadata: {name: c}, status: {phase: Lost}}")))
        .startsWith("node \"n1\" is not allowed to update fields");
    assertThat(refusal(plugin, node("persistentvolumeclaims").update(claim, claim))).isEqualTo("may only update PVC status");
  }
}
