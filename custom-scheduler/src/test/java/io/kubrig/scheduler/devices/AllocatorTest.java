package io.kubrig.scheduler.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.scheduler.model.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocatorTest {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final String IMPOSSIBLE = "impossible";

  private final List<ResourceSlice> slices = new ArrayList<>();
  private final Map<String, DeviceClass> classes = new HashMap<>();
  private final List<ResourceClaim> others = new ArrayList<>();
  private int shares;

  AllocatorTest() {
    deviceClass("gpu", "{selectors: [{cel: {expression: 'device.driver == \"gpu\"'}}]}");
    deviceClass("any", "{}");
  }

  private static <T> T yaml(String text, Class<T> type) {
    return JSON.unmarshal("---\n" + text, type);
  }

  private void deviceClass(String name, String spec) {
    classes.put(name, yaml("{metadata: {name: " + name + "}, spec: " + spec + "}", DeviceClass.class));
  }

  /** A slice of the driver's pool {@code n1} on node n1, unless the spec says otherwise. */
  private void slice(String name, String driver, String spec) {
    ResourceSlice s = yaml("{metadata: {name: " + name + "}, spec: {driver: " + driver + ", " + spec + "}}", ResourceSlice.class);
    if (s.getSpec().getPool() == null) {
      s.getSpec().setPool(yaml("{name: n1, generation: 1, resourceSliceCount: 1}",
          io.fabric8.kubernetes.api.model.resource.v1.ResourcePool.class));
    }
    boolean somewhere = s.getSpec().getNodeSelector() != null || s.getSpec().getAllNodes() != null
        || s.getSpec().getPerDeviceNodeSelection() != null;
    if (s.getSpec().getNodeName() == null && !somewhere) {
      s.getSpec().setNodeName("n1");
    }
    slices.add(s);
  }

  private static ResourceClaim claim(String name, String devices) {
    return yaml("{metadata: {name: " + name + ", namespace: ns, uid: " + name + "}, spec: {devices: " + devices + "}}",
        ResourceClaim.class);
  }

  /** What a claim that asks for {@code requests} gets on node n1: {@code request=device …}, or why nothing. */
  private String allocate(String requests) {
    return allocate(List.of(claim("c", "{requests: [" + requests + "]}")));
  }

  private String allocate(List<ResourceClaim> claims) {
    try {
      return switch (outcome(claims)) {
        case Allocator.Outcome.Allocated a -> String.join("; ", a.results().stream().map(AllocatorTest::text).toList());
        case Allocator.Outcome.Impossible i -> IMPOSSIBLE;
        case Allocator.Outcome.InvalidPools i -> "invalid pools";
        case Allocator.Outcome.TimedOut t -> "timed out";
      };
    } catch (AllocationException e) {
      return e.getMessage();
    }
  }

  private Allocator.Outcome outcome(List<ResourceClaim> claims) throws AllocationException {
    TakenDevices taken = new TakenDevices();
    others.forEach(taken::add);
    Node node = Node.of(new NodeBuilder().withNewMetadata().withName("n1").addToLabels("fabric", "x").endMetadata().build());
    return new Allocator(SliceCatalog.EMPTY.with(slices), taken, name -> Optional.ofNullable(classes.get(name)), new Selectors(),
        () -> "share-" + ++shares, new KnownOutcomes())
        .allocate(node, claims, () -> false);
  }

  private AllocationResult result(ResourceClaim claim) throws AllocationException {
    return ((Allocator.Outcome.Allocated) outcome(List.of(claim))).results().getFirst();
  }

  private static String text(AllocationResult result) {
    return String.join(" ", result.getDevices().getResults().stream().map(r -> r.getRequest() + "=" + r.getDevice() + extras(r)).toList());
  }

  private static String extras(DeviceRequestAllocationResult r) {
    StringBuilder b = new StringBuilder(Boolean.TRUE.equals(r.getAdminAccess()) ? "(admin)" : "");
    if (r.getConsumedCapacity() != null) {
      r.getConsumedCapacity().forEach((name, q) -> b.append('(').append(name).append(' ').append(q).append(')'));
    }
    return b.toString();
  }

  private static final String GPU = "{name: r, exactly: {deviceClassName: gpu}}";

  @Test
  void gives_the_first_free_device_by_pool_slice_and_position() {
    slice("z", "gpu", "pool: {name: n1, generation: 1, resourceSliceCount: 2}, devices: [{name: a}]");
    slice("b", "gpu", "pool: {name: n1, generation: 1, resourceSliceCount: 2}, devices: [{name: d}, {name: c}]");
    assertThat(allocate(GPU)).isEqualTo("r=d");
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu, count: 3}}")).isEqualTo("r=d r=c r=a");
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu, count: 4}}")).isEqualTo(IMPOSSIBLE);
  }

  @Test
  void does_not_give_what_others_have_but_lets_administrators_in() {
    slice("s", "gpu", "devices: [{name: a}]");
    others.add(yaml("{metadata: {name: o}, status: {allocation: {devices: {results: [{driver: gpu, pool: n1, device: a}]}}}}",
        ResourceClaim.class));
    assertThat(allocate(GPU)).isEqualTo(IMPOSSIBLE);
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu, adminAccess: true}}")).isEqualTo("r=a(admin)");
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu, adminAccess: true, count: 2}}")).isEqualTo(IMPOSSIBLE);
  }

  @Test
  void uses_only_the_newest_generation_and_only_complete_pools() {
    slice("old", "gpu", "pool: {name: p, generation: 1, resourceSliceCount: 1}, devices: [{name: old}]");
    slice("new", "gpu", "pool: {name: p, generation: 2, resourceSliceCount: 1}, devices: [{name: new}]");
    assertThat(allocate(GPU)).isEqualTo("r=new");
    slice("newer", "gpu", "pool: {name: p, generation: 3, resourceSliceCount: 2}, devices: [{name: newer}]");
    assertThat(allocate(GPU)).isEqualTo(IMPOSSIBLE);
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu, allocationMode: All}}"))
        .isEqualTo("claim ns/c, request r: asks for all devices, but resource pool gpu/p is currently being updated");
  }

  @Test
  void skips_pools_that_contradict_themselves() {
    slice("s", "gpu", "devices: [{name: a}, {name: a}]");
    assertThat(allocate(GPU)).isEqualTo("invalid pools");
    slice("t", "gpu", "pool: {name: other, generation: 1, resourceSliceCount: 1}, devices: [{name: b}]");
    assertThat(allocate(GPU)).isEqualTo("r=b");
  }

  @Test
  void gives_all_devices_or_none() {
    slice("s", "gpu", "devices: [{name: a}, {name: b}]");
    String all = "{name: r, exactly: {deviceClassName: gpu, allocationMode: All}}";
    assertThat(allocate(all)).isEqualTo("r=a r=b");
    assertThat(allocate(GPU + ", {name: all, exactly: {deviceClassName: gpu, allocationMode: All}}")).isEqualTo(IMPOSSIBLE);
    slices.clear();
    assertThat(allocate(all)).isEqualTo(IMPOSSIBLE);
  }

  @Test
  void takes_the_first_alternative_that_works() {
    slice("s", "gpu", "devices: [{name: a, attributes: {size: {int: 1}}}, {name: b, attributes: {size: {int: 1}}}]");
    String alternatives = "{name: r, firstAvailable: ["
        + "{name: big, deviceClassName: gpu, selectors: [{cel: {expression: 'device.attributes[\"gpu\"].size > 1'}}]},"
        + "{name: two, deviceClassName: gpu, count: 2}, {name: one, deviceClassName: gpu}]}";
    assertThat(allocate(alternatives)).isEqualTo("r/two=a r/two=b");
    assertThat(allocate(alternatives + ", {name: other, exactly: {deviceClassName: gpu}}")).isEqualTo("r/one=a other=b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "matchAttribute: gpu/numa    | r=b r=c",
        "distinctAttribute: gpu/numa | r=a r=b",
        "matchAttribute: gpu/unknown | impossible",
      })
  void keeps_constraints_over_the_devices_of_a_claim(String constraint, String expected) {
    slice("s", "gpu", "devices: [{name: a, attributes: {numa: {int: 0}}}, {name: b, attributes: {numa: {int: 1}}}, {name: c, "
        + "attributes: {numa: {int: 1}}}]");
    assertThat(allocate(List.of(claim("c",
        "{requests: [{name: r, exactly: {deviceClassName: gpu, count: 2}}], constraints: [{" + constraint + "}]}"))))
        .isEqualTo(expected);
  }

  @Test
  void a_constraint_that_all_devices_cannot_keep_is_a_mistake() {
    slice("s", "gpu", "devices: [{name: a, attributes: {numa: {int: 0}}}, {name: b, attributes: {numa: {int: 1}}}]");
    assertThat(allocate(List.of(claim("c",
        "{requests: [{name: r, exactly: {deviceClassName: gpu, allocationMode: All}}], constraints: [{matchAttribute: gpu/numa}]}"))))
        .isEqualTo("claim ns/c, request r: cannot add device gpu/n1/b because a claim constraint would not be satisfied");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{key: k, effect: NoSchedule}          |                                                 | impossible",
        "{key: k, effect: None}                |                                                 | r=a",
        "{key: k, effect: NoExecute}           | {operator: Exists}                              | r=a",
        "{key: k, value: v, effect: NoExecute} | {key: k, value: v, effect: NoExecute}           | r=a",
        "{key: k, value: v, effect: NoExecute} | {key: k, value: w}                              | impossible",
        "{key: k, effect: NoSchedule}          | {key: k, operator: Exists, effect: NoExecute}   | impossible",
      })
  void avoids_tainted_devices_unless_tolerated(String taint, String toleration, String expected) {
    slice("s", "gpu", "devices: [{name: a, taints: [" + taint + "]}]");
    String tolerations = toleration == null ? "[]" : "[" + toleration + "]";
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu, tolerations: " + tolerations + "}}")).isEqualTo(expected);
  }

  private void partitionable() {
    slice("counters", "gpu",
        "pool: {name: p, generation: 1, resourceSliceCount: 2}, sharedCounters: [{name: gpu0, counters: {memory: {value: 40Gi}}}]");
    slice("devices", "gpu", "pool: {name: p, generation: 1, resourceSliceCount: 2}, devices: ["
        + "{name: whole, consumesCounters: [{counterSet: gpu0, counters: {memory: {value: 40Gi}}}]},"
        + "{name: half1, consumesCounters: [{counterSet: gpu0, counters: {memory: {value: 20Gi}}}]},"
        + "{name: half2, consumesCounters: [{counterSet: gpu0, counters: {memory: {value: 20Gi}}}]}]");
  }

  @Test
  void partitions_share_counters() {
    partitionable();
    assertThat(allocate(GPU)).isEqualTo("r=whole");
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu, count: 2}}")).isEqualTo("r=half1 r=half2");
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu, count: 3}}")).isEqualTo(IMPOSSIBLE);
    others.add(yaml("{metadata: {name: o}, status: {allocation: {devices: {results: [{driver: gpu, pool: p, device: half1}]}}}}",
        ResourceClaim.class));
    assertThat(allocate(GPU)).isEqualTo("r=half2");
  }

  @Test
  void a_pool_that_names_unknown_counters_is_invalid() {
    slice("devices", "gpu", "devices: [{name: a, consumesCounters: [{counterSet: gpu0, counters: {memory: {value: 1Gi}}}]}]");
    assertThat(allocate(GPU)).isEqualTo("invalid pools");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{value: 10Gi}                                                                            | 4Gi | r=a(bw 4Gi)",
        "{value: 10Gi}                                                                            |     | r=a(bw 10Gi)",
        "{value: 10Gi}                                                                            | 11Gi| impossible",
        "{value: 10Gi, requestPolicy: {default: 1Gi, validValues: [1Gi, 2Gi]}}                    |     | r=a(bw 1Gi)",
        "{value: 10Gi, requestPolicy: {default: 1Gi, validValues: [1Gi, 2Gi]}}                    | 1.5Gi | r=a(bw 2Gi)",
        "{value: 10Gi, requestPolicy: {default: 1Gi, validValues: [1Gi, 2Gi]}}                    | 3Gi | impossible",
        "{value: 10Gi, requestPolicy: {default: 2Gi, validRange: {min: 2Gi, step: 2Gi, max: 6Gi}}} | 1Gi | r=a(bw 2Gi)",
        "{value: 10Gi, requestPolicy: {default: 2Gi, validRange: {min: 2Gi, step: 2Gi, max: 6Gi}}} | 3Gi | r=a(bw 4Gi)",
        "{value: 10Gi, requestPolicy: {default: 2Gi, validRange: {min: 2Gi, step: 2Gi, max: 6Gi}}} | 7Gi | impossible",
      })
  void rounds_what_is_asked_of_shared_capacity(String capacity, String asked, String expected) {
    slice("s", "gpu", "devices: [{name: a, allowMultipleAllocations: true, capacity: {bw: " + capacity + "}}]");
    String request = asked == null ? "" : ", capacity: {requests: {bw: " + asked + "}}";
    assertThat(allocate("{name: r, exactly: {deviceClassName: gpu" + request + "}}")).isEqualTo(expected);
  }

  @Test
  void shares_a_device_until_its_capacity_is_gone() throws AllocationException {
    slice("s", "gpu", "devices: [{name: a, allowMultipleAllocations: true, capacity: {bw: {value: 10}}}]");
    ResourceClaim six = claim("six", "{requests: [{name: r, exactly: {deviceClassName: gpu, capacity: {requests: {bw: 6}}}}]}");
    ResourceClaim four = claim("four", "{requests: [{name: r, exactly: {deviceClassName: gpu, capacity: {requests: {bw: 4}}}}]}");
    assertThat(allocate(List.of(six, four))).isEqualTo("r=a(bw 6); r=a(bw 4)");
    assertThat(allocate(List.of(six, six))).isEqualTo(IMPOSSIBLE);
    AllocationResult taken = result(six);
    assertThat(taken.getDevices().getResults().getFirst().getShareID()).startsWith("share-");
    others.add(new ResourceClaimBuilder(six).withNewStatus().withAllocation(taken).endStatus().build());
    assertThat(allocate(List.of(six))).isEqualTo(IMPOSSIBLE);
    assertThat(allocate(List.of(four))).isEqualTo("r=a(bw 4)");
  }

  @Test
  void devices_that_must_be_prepared_come_last() {
    slice("a", "a", "devices: [{name: prepared, bindingConditions: [Ready]}]");
    slice("b", "b", "devices: [{name: plain}]");
    assertThat(allocate("{name: r, exactly: {deviceClassName: any}}")).isEqualTo("r=plain");
    assertThat(allocate("{name: r, exactly: {deviceClassName: any, count: 2}}")).isEqualTo("r=plain r=prepared");
  }

  @Test
  void says_where_the_devices_can_be_used() throws AllocationException {
    ResourceClaim claim = claim("c", "{requests: [" + GPU + "]}");
    slice("s", "gpu", "allNodes: true, devices: [{name: a}]");
    assertThat(result(claim).getNodeSelector()).isNull();
    slices.clear();
    slice("s", "gpu", "nodeSelector: {nodeSelectorTerms: [{matchExpressions: [{key: fabric, operator: In, values: [x]}]}]}, devices: "
        + "[{name: a}]");
    assertThat(result(claim).getNodeSelector().getNodeSelectorTerms().getFirst().getMatchExpressions().getFirst().getKey())
        .isEqualTo("fabric");
    slices.clear();
    slice("s", "gpu", "perDeviceNodeSelection: true, devices: [{name: far, nodeName: n2}, {name: near, allNodes: true, bindsToNode: "
        + "true}]");
    assertThat(allocate(GPU)).isEqualTo("r=near");
    assertThat(result(claim).getNodeSelector().getNodeSelectorTerms().getFirst().getMatchFields().getFirst().getValues())
        .containsExactly("n1");
  }

  @Test
  void passes_on_configuration_of_class_and_claim() throws AllocationException {
    deviceClass("gpu", "{config: [{opaque: {driver: gpu, parameters: {c: 1}}}]}");
    slice("s", "gpu", "devices: [{name: a}, {name: b}]");
    AllocationResult r = result(claim("c",
        "{requests: [{name: x, exactly: {deviceClassName: gpu}}, {name: y, exactly: {deviceClassName: gpu}}],"
        + " config: [{opaque: {driver: gpu, parameters: {all: 1}}}, {requests: [y], opaque: {driver: gpu, parameters: {y: 1}}},"
        + " {requests: [z], opaque: {driver: gpu, parameters: {z: 1}}}]}"));
    assertThat(r.getDevices().getConfig()).extracting(c -> c.getSource() + c.getRequests() + JSON.asJson(c.getOpaque().getParameters()))
        .containsExactly("FromClass[x, y]{\"c\":1}", "FromClaim[]{\"all\":1}", "FromClaim[y]{\"y\":1}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: r, exactly: {deviceClassName: none}} | claim ns/c, request r: could not retrieve device class none: "
            + "deviceclass.resource.k8s.io \"none\" not found",
        "{name: r, exactly: {deviceClassName: gpu, count: 33}} | claim ns/c: number of requested devices 33 exceeds the claim limit of 32",
        "{name: r, exactly: {deviceClassName: gpu, selectors: [{cel: {expression: 'device.attributes[\"gpu\"].x == 1'}}]}} | claim "
            + "ns/c: selector #0: CEL runtime error: no such key: x",
      })
  void tells_mistakes(String request, String message) {
    slice("s", "gpu", "devices: [{name: a}]");
    assertThat(allocate(request)).isEqualTo(message);
  }
}
