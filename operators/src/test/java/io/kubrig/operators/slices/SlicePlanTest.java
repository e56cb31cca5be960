package io.kubrig.operators.slices;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlicePlanTest {
  private static final Map<String, String> LABELS = Map.of("kubernetes.io/service-name", "web");
  private static final SlicePlan.Frame FRAME = new SlicePlan.Frame("ns", "web",
      new OwnerReferenceBuilder().withKind("Service").withName("web").withUid("s").withController(true).build(), LABELS, Map.of(), 3,
          Optional.empty(), false);
  private static final List<EndpointPort> HTTP = List.of(new EndpointPortBuilder().withName("http").withPort(80).build());

  private static Endpoint endpoint(int number) {
    return new EndpointBuilder().withAddresses("10.0.0." + number).withNewConditions().withReady(true).endConditions().build();
  }

  private static List<Endpoint> endpoints(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(SlicePlanTest::endpoint).toList();
  }

  private static EndpointSlice slice(String name, List<EndpointPort> ports, List<Endpoint> endpoints) {
    return new EndpointSliceBuilder().withNewMetadata().withName(name).withLabels(LABELS).withOwnerReferences(FRAME.owner()).endMetadata()
        .withAddressType("IPv4").withPorts(ports).withEndpoints(endpoints).build();
  }

  private static SlicePlan plan(List<Endpoint> wanted, EndpointSlice... existing) {
    List<SlicePlan.Group> groups = wanted.isEmpty() ? List.of() : List.of(new SlicePlan.Group(HTTP, wanted));
    return SlicePlan.of("IPv4", groups, List.of(existing), FRAME);
  }

  private static List<Integer> sizes(List<EndpointSlice> slices) {
    return slices.stream().map(slice -> slice.getEndpoints().size()).toList();
  }

  @Test
  void endpoints_fill_slices_to_the_limit() {
    assertThat(sizes(plan(endpoints(1, 7)).create())).containsExactly(3, 3, 1);
  }

  @Test
  void what_is_right_costs_no_write() {
    SlicePlan plan = plan(endpoints(1, 2), slice("a", HTTP, endpoints(1, 2)));
    assertThat(plan).isEqualTo(new SlicePlan(List.of(), List.of(), List.of()));
  }

  @Test
  void a_new_endpoint_goes_into_a_slice_with_room() {
    SlicePlan plan = plan(endpoints(1, 5), slice("full", HTTP, endpoints(1, 3)), slice("room", HTTP, endpoints(4, 4)));
    assertThat(plan.create()).isEmpty();
    assertThat(plan.update()).extracting(s -> s.getMetadata().getName()).containsExactly("room");
  }

  @Test
  void an_endpoint_that_goes_makes_room_for_one_that_comes() {
    SlicePlan plan = plan(List.of(endpoint(2), endpoint(3), endpoint(9)), slice("a", HTTP, endpoints(1, 3)));
    assertThat(plan.update()).singleElement().extracting(EndpointSlice::getEndpoints)
        .isEqualTo(List.of(endpoint(2), endpoint(3), endpoint(9)));
  }

  @Test
  void a_slice_without_endpoints_is_deleted() {
    SlicePlan plan = plan(endpoints(1, 1), slice("a", HTTP, endpoints(1, 1)), slice("b", HTTP, endpoints(5, 5)));
    assertThat(plan.delete()).extracting(s -> s.getMetadata().getName()).containsExactly("b");
  }

  @Test
  void without_endpoints_one_empty_slice_remains() {
    assertThat(sizes(plan(List.of()).create())).containsExactly(0);
    assertThat(plan(List.of(), slice("empty", List.of(), List.of()))).isEqualTo(new SlicePlan(List.of(), List.of(), List.of()));
  }

  @Test
  void a_slice_of_other_ports_is_turned_into_the_new_one() {
    List<EndpointPort> other = List.of(new EndpointPortBuilder().withName("http").withPort(81).build());
    SlicePlan plan = plan(endpoints(1, 1), slice("a", other, endpoints(1, 1)));
    assertThat(plan.create()).isEmpty();
    assertThat(plan.delete()).isEmpty();
    assertThat(plan.update()).singleElement().extracting(EndpointSlice::getPorts).isEqualTo(HTTP);
  }
}
