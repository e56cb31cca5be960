package io.kubrig.operators.servicecidr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.IPAddress;
import io.fabric8.kubernetes.api.model.networking.v1.IPAddressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDRBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RangeUseTest {
  private static final ServiceCIDR RANGE = range("range", "10.1.0.0/24");
  private static final IPAddress IN_RANGE = allocated("10.1.0.7", "IPv4");

  private static ServiceCIDR range(String name, String... cidrs) {
    return new ServiceCIDRBuilder().withNewMetadata().withName(name).endMetadata().withNewSpec().withCidrs(cidrs).endSpec().build();
  }

  private static IPAddress allocated(String ip, String family) {
    return new IPAddressBuilder().withNewMetadata().withName(ip).addToLabels("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io")
        .addToLabels("ipaddress.kubernetes.io/ip-family", family).endMetadata().build();
  }

  private static IPAddress ofSomeone(String ip) {
    return new IPAddressBuilder().withNewMetadata().withName(ip).addToLabels("ipaddress.kubernetes.io/ip-family", "IPv4").endMetadata()
        .build();
  }

  private static boolean mayGo(List<ServiceCIDR> others, IPAddress... addresses) {
    List<ServiceCIDR> all = new ArrayList<>(others);
    all.add(RANGE);
    return RangeUse.mayGo(RANGE, all, List.of(addresses));
  }

  @Test
  void an_address_of_the_allocator_holds_its_only_range() {
    assertThat(mayGo(List.of(), IN_RANGE)).isFalse();
    assertThat(mayGo(List.of(), allocated("10.2.0.7", "IPv4"))).isTrue();
  }

  @Test
  void addresses_that_others_made_hold_nothing() {
    assertThat(mayGo(List.of(), ofSomeone("10.1.0.7"))).isTrue();
    assertThat(RangeUse.containing(ofSomeone("10.1.0.7"), List.of(RANGE))).isEmpty();
  }

  @Test
  void a_range_within_another_one_may_go() {
    assertThat(mayGo(List.of(range("parent", "10.1.0.0/16")), IN_RANGE)).isTrue();
    assertThat(mayGo(List.of(range("twin", "10.1.0.0/24")), IN_RANGE)).isTrue();
  }

  @Test
  void a_smaller_range_frees_a_larger_one_of_what_lies_in_it_only() {
    List<ServiceCIDR> half = List.of(range("half", "10.1.0.0/25"));
    assertThat(mayGo(half, IN_RANGE)).isTrue();
    assertThat(mayGo(half, IN_RANGE, allocated("10.1.0.200", "IPv4"))).isFalse();
  }

  @Test
  void first_and_last_addresses_are_not_given_by_a_range() {
    List<ServiceCIDR> half = List.of(range("half", "10.1.0.0/25"));
    assertThat(mayGo(half, allocated("10.1.0.127", "IPv4"))).isFalse();
    assertThat(mayGo(List.of(), allocated("10.1.0.0", "IPv4"), allocated("10.1.0.255", "IPv4"))).isTrue();
    assertThat(Prefix.of("fd00::/120").orElseThrow().gives("fd00::ff")).isTrue();
    assertThat(Prefix.of("fd00::/120").orElseThrow().gives("fd00::")).isFalse();
    assertThat(Prefix.of("10.1.0.1/32").orElseThrow().gives("10.1.0.1")).isFalse();
  }

  @Test
  void both_families_of_a_range_have_to_be_covered() {
    ServiceCIDR dual = range("dual", "10.1.0.0/24", "fd00::/112");
    IPAddress six = allocated("fd00::7", "IPv6");
    assertThat(RangeUse.mayGo(dual, List.of(dual, range("four", "10.1.0.0/16")), List.of(six))).isFalse();
    assertThat(RangeUse.mayGo(dual, List.of(dual, range("four", "10.1.0.0/16"), range("six", "fd00::/64")), List.of(six))).isTrue();
  }
}
