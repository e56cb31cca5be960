package io.kubrig.apiserver.admission;

import static io.kubrig.apiserver.admission.Requests.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.api.Test;

/** The plugins that give objects what classes say: storage, ingress, runtime; and those around volumes and nodes. */
class ClassDefaultsTest {
  private final FakeCluster cluster = new FakeCluster();

  @Test
  void gives_claims_without_a_class_the_newest_default_one() {
    String storageClass = "{metadata: {name: %s, creationTimestamp: '%s', annotations: {storageclass.kubernetes.io/is-default-class: "
        + "'%s'}}}";
    cluster
        .with("storage.k8s.io", "storageclasses", "", storageClass.formatted("old", "2026-01-01T00:00:00Z", "true"))
        .with("storage.k8s.io", "storageclasses", "", storageClass.formatted("new", "2026-01-02T00:00:00Z", "true"))
        .with("storage.k8s.io", "storageclasses", "", storageClass.formatted("plain", "2026-01-03T00:00:00Z", "false"));
    DefaultStorageClass plugin = new DefaultStorageClass(cluster);
    assertThat(classOf(plugin, "{spec: {}}")).isEqualTo("new");
    assertThat(classOf(plugin, "{spec: {storageClassName: ''}}")).isEmpty();
    assertThat(classOf(plugin, "{spec: {storageClassName: x}}")).isEqualTo("x");
    assertThat(classOf(plugin, "{metadata: {annotations: {volume.beta.kubernetes.io/storage-class: y}}, spec: {}}")).isEmpty();
  }

  private static String classOf(DefaultStorageClass plugin, String claim) {
    AdmissionRequest request = Requests.on("persistentvolumeclaims").create(claim);
    plugin.mutate(request);
    return request.object().tree("spec").string("storageClassName");
  }

  @Test
  void keeps_volumes_and_claims_while_they_are_used() {
    AdmissionRequest claim = Requests.on("persistentvolumeclaims").create("{metadata: {finalizers: [x]}}");
    new StorageObjectInUseProtection().mutate(claim);
    assertThat(claim.object().tree("metadata").strings("finalizers")).containsExactly("x", "kubernetes.io/pvc-protection");
    AdmissionRequest volume = Requests.on("persistentvolumes").create("{metadata: {finalizers: [kubernetes.io/pv-protection]}}");
    new StorageObjectInUseProtection().mutate(volume);
    assertThat(volume.object().tree("metadata").strings("finalizers")).containsExactly("kubernetes.io/pv-protection");
  }

  @Test
  void lets_claims_grow_where_their_class_does() {
    cluster
        .with("storage.k8s.io", "storageclasses", "", "{metadata: {name: grows}, allowVolumeExpansion: true}")
        .with("storage.k8s.io", "storageclasses", "", "{metadata: {name: fixed}}");
    PersistentVolumeClaimResize plugin = new PersistentVolumeClaimResize(cluster);
    String claim = "{metadata: {name: c}, spec: {storageClassName: %s, resources: {requests: {storage: %s}}}, status: {phase: %s}}";
    Requests claims = Requests.on("persistentvolumeclaims");
    assertThat(refusal(plugin, claims.update(claim.formatted("grows", "1Gi", "Bound"), claim.formatted("grows", "2Gi", "Bound"))))
        .isEmpty();
    assertThat(refusal(plugin, claims.update(claim.formatted("fixed", "1Gi", "Bound"), claim.formatted("fixed", "2Gi", "Bound"))))
        .isEqualTo("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
    assertThat(refusal(plugin, claims.update(claim.formatted("grows", "1Gi", "Pending"), claim.formatted("grows", "2Gi", "Pending"))))
        .isEqualTo("Only bound persistent volume claims can be expanded");
    assertThat(refusal(plugin, claims.update(claim.formatted("fixed", "2Gi", "Bound"), claim.formatted("fixed", "1Gi", "Bound"))))
        .isEmpty();
  }

  @Test
  void gives_pods_what_their_runtime_class_says() {
    cluster.with(
        "node.k8s.io",
        "runtimeclasses",
        "",
        "{metadata: {name: r}, overhead: {podFixed: {cpu: 250m}}, scheduling: {nodeSelector: {a: b}, tolerations: [{key: k, operator: "
            + "Exists}]}}");
    RuntimeClassAdmission plugin = new RuntimeClassAdmission(cluster);
    AdmissionRequest request = Requests.on("pods")
        .create("{metadata: {name: p}, spec: {runtimeClassName: r, nodeSelector: {x: z}, tolerations: [{key: l}]}}");
    assertThat(refusal(plugin, request)).isEmpty();
    Tree spec = request.object().tree("spec");
    assertThat(spec.tree("overhead")).isEqualTo(Tree.of("cpu", "250m"));
    assertThat(spec.tree("nodeSelector")).isEqualTo(Tree.of("x", "z", "a", "b"));
    assertThat(spec.trees("tolerations")).extracting(one -> one.string("key")).containsExactly("l", "k");
    assertThat(refusal(plugin, Requests.on("pods").create("{spec: {runtimeClassName: none}}")))
        .isEqualTo("pod rejected: RuntimeClass \"none\" not found");
    assertThat(refusal(plugin, Requests.on("pods").create("{spec: {runtimeClassName: r, overhead: {cpu: 1}}}")))
        .isEqualTo("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    assertThat(refusal(plugin, Requests.on("pods").create("{spec: {overhead: {cpu: 1}}}")))
        .isEqualTo("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
    assertThat(refusal(plugin, Requests.on("pods").create("{spec: {runtimeClassName: r, nodeSelector: {a: c}}}")))
        .isEqualTo("conflict: runtimeClass.scheduling.nodeSelector[a] = b; pod.spec.nodeSelector[a] = c");
  }

  @Test
  void tells_pods_the_zone_of_their_node() {
    cluster.with("", "nodes", "",
        "{metadata: {name: n1, labels: {topology.kubernetes.io/zone: z, topology.kubernetes.io/region: r, x: v}}}");
    AdmissionRequest binding = Requests.on("pods/binding").create("{metadata: {name: p}, target: {kind: Node, name: n1}}");
    new PodTopologyLabels(cluster).mutate(binding);
    assertThat(binding.object().at("metadata", "labels"))
        .isEqualTo(Tree.of("topology.kubernetes.io/zone", "z", "topology.kubernetes.io/region", "r"));
  }

  @Test
  void lets_a_running_pod_grow_as_far_as_its_node_reaches() {
    cluster.with("", "nodes", "",
        "{metadata: {name: n1, labels: {kubernetes.io/os: linux}}, status: {allocatable: {cpu: 2, memory: 1Gi}}}");
    PodResizeValidator plugin = new PodResizeValidator(cluster);
    String pod = "{metadata: {name: p, generation: %s}, spec: {nodeName: %s, containers: [{name: c, resources: {requests: {cpu: %s}}}]}}";
    Requests resize = Requests.on("pods/resize");
    String old = pod.formatted("1", "n1", "1");
    assertThat(refusal(plugin, resize.update(old, pod.formatted("2", "n1", "2")))).isEmpty();
    assertThat(refusal(plugin, resize.update(old, pod.formatted("2", "n1", "3"))))
        .isEqualTo("Node didn't have enough allocatable resources: cpu, requested: 3000, allocatable: 2000");
    assertThat(refusal(plugin, resize.update(pod.formatted("1", "m", "1"), pod.formatted("2", "m", "2"))))
        .isEqualTo("node \"m\" not found");
    assertThat(refusal(plugin, resize.update(old, pod.formatted("1", "n1", "9")))).isEmpty();
  }
}
