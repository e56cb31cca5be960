package io.kubrig.scheduler.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.scheduler.devices.Allocator.Outcome;
import io.kubrig.scheduler.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Searches that learn from one another against searches that know nothing; {@code -Dkubrig.differential.searches=N}, {@code -Dseed=S}. */
class KnownOutcomesTest {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final int SEARCHES = Integer.getInteger("kubrig.differential.searches", 1500);
  private static final long SEED = Long.getLong("seed", 1);
  private static final List<String> WISHES = List.of(
      "{requests: [{name: r, exactly: {deviceClassName: gpu}}]}",
      "{requests: [{name: r, exactly: {deviceClassName: gpu, count: 2}}], constraints: [{matchAttribute: gpu/size}]}",
      "{requests: [{name: r, exactly: {deviceClassName: any, count: 3}}]}",
      "{requests: [{name: r, exactly: {deviceClassName: any, allocationMode: All}}]}",
      "{requests: [{name: r, exactly: {deviceClassName: any, adminAccess: true}}]}",
      "{requests: [{name: r, firstAvailable: [{name: a, deviceClassName: gpu, count: 2}, {name: b, deviceClassName: net}]}]}",
      "{requests: [{name: r, exactly: {deviceClassName: net, capacity: {requests: {memory: 2Gi}}}}]}");

  private static final Map<String, DeviceClass> CLASSES = Map.of(
      "gpu", yaml("{metadata: {name: gpu}, spec: {selectors: [{cel: {expression: 'device.driver == \"gpu\"'}}]}}", DeviceClass.class),
      "net", yaml("{metadata: {name: net}, spec: {selectors: [{cel: {expression: 'device.driver == \"net\"'}}]}}", DeviceClass.class),
      "any", yaml("{metadata: {name: any}, spec: {}}", DeviceClass.class));

  private static <T> T yaml(String text, Class<T> type) {
    return JSON.unmarshal("---\n" + text, type);
  }

  @Test
  void what_is_known_is_what_a_search_would_find() throws AllocationException {
    int searches = 0;
    long seed = SEED;
    while (searches < SEARCHES) {
      searches += new World(seed++).live(150);
    }
    System.out.println("compared " + searches + " searches, seeds " + SEED + " to " + (seed - 1));
  }

  /** A cluster whose nodes, slices and claims change all the time. */
  private static final class World {
    private final long seed;
    private final Random random;
    private final KnownOutcomes known = new KnownOutcomes();
    private final TakenDevices taken = new TakenDevices();
    private final Selectors selectors = new Selectors();
    private final Map<String, ResourceSlice> slices = new TreeMap<>();
    private final List<ResourceClaim> allocated = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private SliceCatalog catalog = SliceCatalog.EMPTY;
    private int learntShares;
    private int plainShares;

    World(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    private int live(int steps) throws AllocationException {
      for (int i = 0; i < 4; i++) {
        nodes.add(node(i));
        slice(i);
      }
      int searches = 0;
      for (int step = 0; step < steps; step++) {
        switch (random.nextInt(12)) {
          case 0 -> slice(random.nextInt(6));
          case 1 -> nodes.set(random.nextInt(nodes.size()), node(random.nextInt(5)));
          case 2, 3 -> free();
          default -> {
            search(step);
            searches += nodes.size();
          }
        }
      }
      return searches;
    }

    private Node node(int i) {
      return Node.of(new NodeBuilder().withNewMetadata().withName("n" + i).addToLabels("fabric", random.nextBoolean() ? "x" : "y")
          .endMetadata().build());
    }

    private void slice(int i) {
      boolean shared = i >= 4 || random.nextInt(5) == 0;
      boolean perDevice = shared && random.nextInt(4) == 0;
      String driver = random.nextInt(3) == 0 ? "net" : "gpu";
      StringBuilder devices = new StringBuilder();
      for (int d = 0; d < 1 + random.nextInt(4); d++) {
        devices.append(d == 0 ? "" : ", ").append("{name: d").append(d).append(", attributes: {size: {int: ").append(random.nextInt(2))
            .append("}}, capacity: {memory: {value: ").append(1 + random.nextInt(4)).append("Gi}}")
            .append(random.nextInt(4) == 0 ? ", allowMultipleAllocations: true" : "")
            .append(random.nextInt(8) == 0 ? ", bindsToNode: true" : "")
            .append(!perDevice ? "" : random.nextBoolean() ? ", allNodes: true" : ", nodeName: n" + random.nextInt(5)).append("}");
      }
      slices.put("s" + i, yaml("{metadata: {name: s" + i + "}, spec: {driver: " + driver + ", pool: {name: p" + i + ", generation: 1,"
          + " resourceSliceCount: 1}, " + (perDevice ? "perDeviceNodeSelection: true" : shared ? "nodeSelector: {nodeSelectorTerms: [{matchExpressions: [{key: fabric, operator: In,"
          + " values: [x]}]}]}" : "nodeName: n" + i) + ", devices: [" + devices + "]}}", ResourceSlice.class));
      catalog = catalog.with(slices.values());
    }

    private void free() {
      if (!allocated.isEmpty()) {
        taken.remove(allocated.remove(random.nextInt(allocated.size())));
      }
    }

    private void search(int step) throws AllocationException {
      String wish = WISHES.get(random.nextInt(WISHES.size()));
      ResourceClaim claim = yaml("{metadata: {namespace: ns, name: c" + step + ", uid: c" + step + "}, spec: {devices: " + wish + "}}",
          ResourceClaim.class);
      known.renew(catalog, 1);
      Allocator.Task learning = new Allocator(catalog, taken, n -> Optional.ofNullable(CLASSES.get(n)), selectors,
          () -> "share-" + step + "-" + ++learntShares, known).task(List.of(claim));
      TakenDevices counted = new TakenDevices();
      allocated.forEach(counted::add);
      Allocator plain = new Allocator(catalog, counted, n -> Optional.ofNullable(CLASSES.get(n)), selectors,
          () -> "share-" + step + "-" + ++plainShares, new KnownOutcomes());
      AllocationResult got = null;
      for (Node node : nodes) {
        learntShares = 0; // a pod's shares are the same ones wherever it goes
        plainShares = 0;
        Outcome a = learning.on(node, () -> false);
        assertThat(a).as("seed %d, step %d: %s on %s", seed, step, wish, node.name())
            .isEqualTo(plain.allocate(node, List.of(claim), () -> false));
        got = a instanceof Outcome.Allocated there && random.nextBoolean() ? there.results().getFirst() : got;
      }
      if (got != null) {
        ResourceClaim with = new ResourceClaimBuilder(claim).withNewStatus().withAllocation(got).endStatus().build();
        allocated.add(with);
        taken.add(with);
      }
    }
  }
}
