package io.kubrig.apiserver.admission;

import static io.kubrig.apiserver.admission.Requests.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.api.Test;

class LimitRangerTest {

  private static LimitRanger with(String limits) {
    return new LimitRanger(
        new FakeCluster().with("", "limitranges", "ns", "{metadata: {name: l}, spec: {limits: [" + limits + "]}}"));
  }

  private static AdmissionRequest pod(String... containers) {
    return Requests.on("pods").create("{metadata: {name: a}, spec: {containers: [" + String.join(", ", containers) + "]}}");
  }

  @Test
  void fills_in_requests_and_limits_and_says_so_in_an_annotation() {
    LimitRanger ranger = with("{type: Container, default: {cpu: 500m, memory: 1Gi}, defaultRequest: {cpu: 100m}}");
    AdmissionRequest request =
        Requests.on("pods")
            .create("{spec: {containers: [{name: c}, {name: d, resources: {limits: {cpu: 1}}}], initContainers: [{name: i}]}}");
    ranger.mutate(request);
    Tree spec = request.object().tree("spec");
    assertThat(spec.trees("containers").getFirst().tree("resources"))
        .isEqualTo(Tree.of("limits", Tree.of("cpu", "500m", "memory", "1Gi"), "requests", Tree.of("cpu", "100m")));
    assertThat(request.object().at("metadata", "annotations").string("kubernetes.io/limit-ranger"))
        .isEqualTo(
            "LimitRanger plugin set: cpu request for container c; cpu, memory limit for container c; cpu request for container d; "
                + "memory limit for container d; cpu request for init container i; cpu, memory limit for init container i");
  }

  @Test
  void refuses_containers_beyond_their_bounds() {
    LimitRanger ranger = with("{type: Container, min: {cpu: 100m}, max: {cpu: 2}, maxLimitRequestRatio: {cpu: 4}}");
    assertThat(refusal(ranger, pod("{name: c, resources: {requests: {cpu: 1}, limits: {cpu: 2}}}"))).isEmpty();
    assertThat(refusal(ranger, pod("{name: c, resources: {requests: {cpu: 1}, limits: {cpu: 3}}}")))
        .isEqualTo("maximum cpu usage per Container is 2, but limit is 3");
    assertThat(refusal(ranger, pod("{name: c, resources: {requests: {cpu: 50m}, limits: {cpu: 100m}}}")))
        .isEqualTo("minimum cpu usage per Container is 100m, but request is 50m");
    assertThat(refusal(ranger, pod("{name: c, resources: {requests: {cpu: 100m}, limits: {cpu: 1}}}")))
        .isEqualTo("cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000");
    assertThat(refusal(ranger, pod("{name: c}")))
        .isEqualTo(
            "[minimum cpu usage per Container is 100m.  No request is specified, maximum cpu usage per Container is 2.  No limit is "
                + "specified, "
                + "cpu max limit to request ratio per Container is 4, but no request is specified or request is 0]");
  }

  @Test
  void adds_the_containers_of_a_pod_up() {
    LimitRanger ranger = with("{type: Pod, max: {cpu: 2}}");
    assertThat(refusal(ranger, pod("{name: c, resources: {limits: {cpu: 1}}}", "{name: d, resources: {limits: {cpu: 1500m}}}")))
        .isEqualTo("maximum cpu usage per Pod is 2, but limit is 2500m");
  }

  @Test
  void takes_what_is_stated_for_a_pod_as_a_whole() {
    LimitRanger ranger = with("{type: Pod, max: {cpu: 2}}");
    AdmissionRequest request =
        Requests.on("pods").create("{spec: {resources: {limits: {cpu: 3}}, containers: [{name: c, resources: {limits: {cpu: 1}}}]}}");
    assertThat(refusal(ranger, request)).isEqualTo("maximum cpu usage per Pod is 2, but limit is 3");
  }

  @Test
  void bounds_the_storage_of_claims_when_they_are_made_and_when_they_grow() {
    LimitRanger ranger = with("{type: PersistentVolumeClaim, min: {storage: 1Gi}, max: {storage: 10Gi}}");
    String small = "{metadata: {name: a}, spec: {resources: {requests: {storage: 1Mi}}}}";
    String fair = "{metadata: {name: a}, spec: {resources: {requests: {storage: 5Gi}}}}";
    String large = "{metadata: {name: a}, spec: {resources: {requests: {storage: 1Ti}}}}";
    Requests claims = Requests.on("persistentvolumeclaims");
    assertThat(refusal(ranger, claims.create(fair))).isEmpty();
    assertThat(refusal(ranger, claims.create(small)))
        .isEqualTo("minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi");
    assertThat(refusal(ranger, claims.update(fair, large)))
        .isEqualTo("maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 1Ti");
  }

  @Test
  void leaves_updates_of_pods_and_what_is_going_alone() {
    LimitRanger ranger = with("{type: Container, max: {cpu: 1}}, {type: PersistentVolumeClaim, max: {storage: 1}}");
    String pod = "{metadata: {name: a}, spec: {containers: [{name: c, resources: {limits: {cpu: 3}}}]}}";
    assertThat(refusal(ranger, Requests.on("pods").update(pod, pod))).isEmpty();
    assertThat(refusal(ranger, Requests.on("pods/resize").update(pod, pod)))
        .isEqualTo("maximum cpu usage per Container is 1, but limit is 3");
    String going = "{metadata: {name: a, deletionTimestamp: now}, spec: {resources: {requests: {storage: 2}}}}";
    assertThat(refusal(ranger, Requests.on("persistentvolumeclaims").update(going, going))).isEmpty();
  }

  @Test
  void names_a_pod_without_a_name_by_its_base_while_it_is_mutated() {
    AdmissionRequest request = Requests.on("pods").create("{metadata: {generateName: web-}, spec: {}}");
    assertThat(request.forbidden("why")).hasMessage("pods \"web-\" is forbidden: why");
  }
}
