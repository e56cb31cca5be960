package io.kubrig.operators.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.kubrig.operators.endpointslice.AutoHints.Hinted;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.slices.SlicePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AutoHintsTest {
  private static final SortedMap<String, Double> HALVES = new TreeMap<>(Map.of("a", 0.5, "b", 0.5));

  private static Endpoint endpoint(String zone, boolean ready) {
    return new EndpointBuilder().withAddresses("10.0.0.1").withNewConditions().withReady(ready).endConditions().withZone(zone).build();
  }

  private static EndpointSlice slice(String name, String... zones) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String zone : zones) {
      endpoints.add(endpoint(zone, true));
    }
    return new EndpointSliceBuilder().withNewMetadata().withName(name).endMetadata().withEndpoints(endpoints).build();
  }

  private static SlicePlan creating(EndpointSlice... slices) {
    return new SlicePlan(List.of(slices), List.of(), List.of());
  }

  private static List<String> zones(List<EndpointSlice> slices) {
    return slices.stream().flatMap(slice -> slice.getEndpoints().stream())
        .map(endpoint -> endpoint.getHints() == null ? "-" : endpoint.getHints().getForZones().getFirst().getName()).toList();
  }

  private static Node node(String zone, String cpu) {
    return new NodeBuilder().withNewMetadata().withName("n").addToLabels("topology.kubernetes.io/zone", zone).endMetadata().withNewStatus()
        .addToAllocatable("cpu", new Quantity(cpu)).addNewCondition().withType("Ready").withStatus("True").endCondition().endStatus()
        .build();
  }

  @Test
  void zones_share_by_their_processors_if_every_node_tells_both() {
    assertThat(ZoneShares.of(List.of(node("a", "3"), node("b", "500m"), node("b", "500m")))).isEqualTo(Map.of("a", 0.75, "b", 0.25));
    assertThat(ZoneShares.of(List.of(node("a", "3"), node("", "1")))).isEmpty();
    assertThat(ZoneShares.of(List.of(node("a", "3"), node("a", "1")))).isEmpty();
  }

  @Test
  void every_endpoint_serves_its_own_zone_where_that_is_fair() {
    Hinted hinted = AutoHints.give("IPv4", creating(slice("s", "a", "b", "a", "b")), List.of(), HALVES, false);
    assertThat(zones(hinted.plan().create())).containsExactly("a", "b", "a", "b");
    assertThat(hinted.told().orElseThrow().message()).isEqualTo("Topology Aware Hints has been enabled, addressType: IPv4");
    assertThat(AutoHints.give("IPv4", creating(slice("s", "a", "b")), List.of(), HALVES, true).told()).isEmpty();
  }

  @Test
  void a_zone_with_too_many_serves_the_one_with_too_few() {
    Hinted hinted = AutoHints.give("IPv4", creating(slice("s", "a", "a", "a", "a", "a", "b")), List.of(), HALVES, false);
    assertThat(hinted.byZone()).isEqualTo(Map.of("a", 3, "b", 3));
    assertThat(zones(hinted.plan().create())).containsExactly("b", "b", "a", "a", "a", "b");
  }

  @Test
  void without_enough_endpoints_or_zones_there_are_no_hints() {
    Hinted few = AutoHints.give("IPv4", creating(slice("s", "a")), List.of(), HALVES, true);
    assertThat(few.told().orElseThrow().message()).isEqualTo("Insufficient number of endpoints (1 endpoints, 2 zones), addressType: IPv4");
    assertThat(zones(few.plan().create())).containsExactly("-");
    assertThat(AutoHints.give("IPv6", creating(slice("s", "a", "b")), List.of(), new TreeMap<>(), true).told().orElseThrow().message())
        .startsWith("Insufficient Node information");
    assertThat(AutoHints.give("IPv4", creating(slice("s", "a", null, "b", "b")), List.of(), HALVES, true).told().orElseThrow().message())
        .startsWith("One or more endpoints do not have a zone specified");
  }

  @Test
  void slices_whose_hints_fit_are_left_alone_and_others_are_written_anew() {
    EndpointSlice right = AutoHints.give("IPv4", creating(slice("right", "a", "b")), List.of(), HALVES, false).plan().create().getFirst();
    SlicePlan nothing = new SlicePlan(List.of(), List.of(), List.of());
    assertThat(AutoHints.give("IPv4", nothing, List.of(right), HALVES, true).plan()).isEqualTo(nothing);
    EndpointSlice bare = slice("bare", "a", "b");
    assertThat(zones(AutoHints.give("IPv4", nothing, List.of(right, bare), HALVES, true).plan().update())).containsExactly("a", "b");
    assertThat(zones(AutoHints.give("IPv4", nothing, List.of(right), new TreeMap<>(), true).plan().update())).containsExactly("-", "-");
  }

  @Test
  void a_service_with_too_few_for_a_zone_is_looked_at_again() {
    GivenHints given = new GivenHints();
    given.set(new Key("ns", "web"), "IPv4", Map.of("a", 3, "b", 3));
    assertThat(given.overloaded(HALVES)).isEmpty();
    assertThat(given.overloaded(new TreeMap<>(Map.of("a", 0.9, "b", 0.1)))).containsExactly(new Key("ns", "web"));
    assertThat(given.overloaded(new TreeMap<>())).hasSize(1);
    given.remove(new Key("ns", "web"), "IPv4");
    assertThat(given.overloaded(new TreeMap<>())).isEmpty();
  }

  @Test
  void the_old_annotation_goes_before_the_new_one() {
    var service = new ServiceBuilder().withNewMetadata().addToAnnotations("service.kubernetes.io/topology-mode", "Auto").endMetadata();
    assertThat(AutoHints.isWanted(service.build())).isTrue();
    service.editMetadata().addToAnnotations("service.kubernetes.io/topology-aware-hints", "disabled").endMetadata();
    assertThat(AutoHints.isWanted(service.build())).isFalse();
  }
}
