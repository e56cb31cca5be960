package io.kubrig.scheduler.plugins.dynamicresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReference;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.kubrig.scheduler.cycle.TestScheduler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DynamicResourcesTest {
  private final TestScheduler t = new TestScheduler();

  DynamicResourcesTest() {
    t.node("n1", 4);
    t.create("{apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: {name: gpu}, spec: {extendedResourceName: example.com/gpu,"
        + " selectors: [{cel: {expression: 'device.driver == \"gpu\"'}}]}}");
  }

  private void slice(String node, String devices) {
    t.create("{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: " + node + "}, spec: {driver: gpu, nodeName: " + node
        + ", pool: {name: " + node + ", generation: 1, resourceSliceCount: 1}, devices: " + devices + "}}");
  }

  private void claim(String name) {
    t.create("{apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: {name: " + name + "},"
        + " spec: {devices: {requests: [{name: r, exactly: {deviceClassName: gpu}}]}}}");
  }

  private void pod(String name, String claim) {
    t.pod(name, 1, ", resourceClaims: [{name: c, resourceClaimName: " + claim + "}]");
  }

  private ResourceClaim claimNamed(String name) {
    return t.cluster().find(ResourceClaim.class, TestScheduler.NAMESPACE, name).orElseThrow();
  }

  private List<ResourceClaim> claims() {
    return t.cluster().list(ResourceClaim.class);
  }

  @Test
  void pods_that_share_a_claim_get_its_node_and_are_noted_in_it() throws InterruptedException {
    t.node("n2", 4);
    slice("n2", "[{name: a}]");
    claim("shared");
    pod("p1", "shared");
    pod("p2", "shared");
    t.untilOn(Map.of("p1", "n2", "p2", "n2"));
    assertThat(claimNamed("shared").getStatus().getReservedFor()).extracting(ResourceClaimConsumerReference::getName)
        .containsExactlyInAnyOrder("p1", "p2");
    assertThat(claimNamed("shared").getStatus().getAllocation().getAllocationTimestamp()).isNotNull();
  }

  @Test
  void two_pods_that_come_together_do_not_get_the_same_device() throws InterruptedException {
    slice("n1", "[{name: a}, {name: b}]");
    claim("c1");
    claim("c2");
    pod("p1", "c1");
    pod("p2", "c2");
    t.untilOn(Map.of("p1", "n1", "p2", "n1"));
    assertThat(claims()).extracting(c -> c.getStatus().getAllocation().getDevices().getResults().getFirst().getDevice())
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void a_pod_waits_for_its_generated_claim() throws InterruptedException {
    slice("n1", "[{name: a}]");
    t.pod("p", 1, ", resourceClaims: [{name: c, resourceClaimTemplateName: t}]");
    t.until(() -> t.scheduler().queue().sizes().get("gated") == 1, () -> t.scheduler().queue().sizes().toString());
    String uid = t.pod("p").getMetadata().getUid();
    t.create("{apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: {name: p-c-x, ownerReferences: [{apiVersion: v1, kind: "
        + "Pod, name: p, uid: " + uid
        + ", controller: true}]}, spec: {devices: {requests: [{name: r, exactly: {deviceClassName: gpu}}]}}}");
    t.cluster().patch(io.fabric8.kubernetes.api.model.Pod.class, TestScheduler.NAMESPACE, "p",
        Map.of("status", Map.of("resourceClaimStatuses", List.of(Map.of("name", "c", "resourceClaimName", "p-c-x")))));
    t.untilOn(Map.of("p", "n1"));
  }

  @Test
  void a_pod_tries_again_when_another_gives_its_devices_back() throws InterruptedException {
    slice("n1", "[{name: a}]");
    claim("c1");
    claim("c2");
    pod("p1", "c1");
    t.untilOn(Map.of("p1", "n1"));
    pod("p2", "c2");
    t.untilMessage("p2", "0/1 nodes are available: 1 cannot allocate all claims. still not schedulable, preemption: 0/1 nodes are "
        + "available: "
        + "1 Preemption is not helpful for scheduling.");
    Map<String, Object> nothing = new HashMap<>();
    nothing.put("allocation", null);
    nothing.put("reservedFor", null);
    t.cluster().patch(ResourceClaim.class, TestScheduler.NAMESPACE, "c1", Map.of("status", nothing));
    t.untilOn(Map.of("p2", "n1"));
  }

  @Test
  void a_broken_selector_is_an_error() throws InterruptedException {
    slice("n1", "[{name: a}]");
    t.create("{apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: {name: c}, spec: {devices: {requests: [{name: r, exactly: "
        + "{deviceClassName: gpu,"
        + " selectors: [{cel: {expression: 'device.attributes[\"gpu\"].size > 1'}}]}}]}}}");
    pod("p", "c");
    t.untilMessage("p", "running \"DynamicResources\" filter plugin: claim ns/c: selector #0: CEL runtime error: no such key: size");
  }

  @Test
  void extended_resources_become_a_claim_of_the_pod() throws InterruptedException {
    slice("n1", "[{name: a}, {name: b}]");
    t.create("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {initContainers: [{name: i, image: i, resources: {requests: "
        + "{example.com/gpu: 2}}}],"
        + " containers: [{name: c, image: i, resources: {requests: {cpu: 1, example.com/gpu: 1}}}]}}");
    t.untilOn(Map.of("p", "n1"));
    ResourceClaim made = claims().getFirst();
    assertThat(made.getMetadata().getName()).startsWith("p-extended-resources-");
    assertThat(made.getMetadata().getAnnotations()).containsEntry("resource.kubernetes.io/extended-resource-claim", "true");
    assertThat(made.getSpec().getDevices().getRequests()).extracting(r -> r.getName() + "=" + r.getExactly().getCount())
        .containsExactly("container-0-request-0=1", "container-1-request-1=1");
    assertThat(made.getStatus().getReservedFor()).extracting(ResourceClaimConsumerReference::getName).containsExactly("p");
    var noted = t.pod("p").getStatus().getExtendedResourceClaimStatus();
    assertThat(noted.getResourceClaimName()).isEqualTo(made.getMetadata().getName());
    assertThat(noted.getRequestMappings()).extracting(m -> m.getContainerName() + " " + m.getResourceName() + " " + m.getRequestName())
        .containsExactly("c example.com/gpu container-1-request-1", "i example.com/gpu container-1-request-1",
            "i example.com/gpu container-0-request-0");
  }

  @Test
  void a_pod_is_bound_when_its_devices_are_ready() throws InterruptedException {
    slice("n1", "[{name: a, bindingConditions: [Ready], bindingFailureConditions: [Broken]}]");
    claim("c");
    pod("p", "c");
    t.until(() -> t.events("p").contains("BindingConditionsPending: waiting for binding conditions for device on node n1"),
        () -> t.message("p"));
    assertThat(t.nodeOf("p")).isNull();
    condition("Ready");
    t.untilOn(Map.of("p", "n1"));
  }

  @Test
  void devices_that_cannot_be_prepared_are_given_back_and_others_are_tried() throws InterruptedException {
    slice("n1", "[{name: a, bindingConditions: [Ready], bindingFailureConditions: [Broken]}]");
    claim("c");
    pod("p", "c");
    t.until(() -> !t.events("p").isEmpty(), () -> t.message("p"));
    t.node("n2", 4);
    slice("n2", "[{name: b}]");
    t.cluster().delete(t.cluster().find(ResourceSlice.class, null, "n1").orElseThrow(), null); // or n1 might be chosen once more
    condition("Broken");
    t.untilOn(Map.of("p", "n2"));
    assertThat(t.events("p")).contains(
        "FailedScheduling: running PreBind plugin \"DynamicResources\": claim c binding failed: reason=Told, message=\"by the driver\"");
  }

  /** Plays the driver. */
  private void condition(String type) {
    t.cluster().patch(ResourceClaim.class, TestScheduler.NAMESPACE, "c",
        Map.of("status", Map.of("devices", List.of(Map.of("driver", "gpu", "pool", "n1",
        "device", "a", "conditions", List.of(Map.of("type", type, "status", "True", "reason", "Told", "message", "by the driver",
            "lastTransitionTime", "2026-01-01T00:00:00Z")))))));
  }
}
