package io.kubrig.operators.baremetal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressPoolTest {
  private static final List<String> DUAL = List.of("IPv4", "IPv6");
  private static final AddressPool POOL = AddressPool.of(List.of("192.0.2.8/31", "192.0.2.20-192.0.2.21", "2001:db8::ff/128"));

  private static Service service(String uid, String... addresses) {
    ServiceBuilder service = new ServiceBuilder().withNewMetadata().withName(uid).withNamespace("ns").withUid(uid).endMetadata()
        .withNewSpec().withType("LoadBalancer").withIpFamilies("IPv4").endSpec();
    for (String address : addresses) {
      service.editOrNewStatus().editOrNewLoadBalancer().addNewIngress().withIp(address).endIngress().endLoadBalancer().endStatus();
    }
    return service.build();
  }

  @Test
  void each_family_gets_the_first_free_address() {
    assertThat(POOL.choose(DUAL, Optional.empty(), List.of(), Set.of())).containsExactly("192.0.2.8", "2001:db8::ff");
    assertThat(POOL.choose(List.of("IPv4"), Optional.empty(), List.of(), Set.of("192.0.2.8", "192.0.2.9"))).containsExactly("192.0.2.20");
  }

  @Test
  void what_a_service_has_it_keeps_unless_it_has_left_the_pool() {
    assertThat(POOL.choose(List.of("IPv4"), Optional.empty(), List.of("192.0.2.21"), Set.of())).containsExactly("192.0.2.21");
    assertThat(POOL.choose(List.of("IPv4"), Optional.empty(), List.of("198.51.100.1"), Set.of())).containsExactly("192.0.2.8");
  }

  @Test
  void an_address_that_is_asked_for_must_be_free() {
    assertThat(POOL.choose(DUAL, Optional.of("192.0.2.9"), List.of(), Set.of())).containsExactly("192.0.2.9", "2001:db8::ff");
    assertThatThrownBy(() -> POOL.choose(DUAL, Optional.of("192.0.2.9"), List.of(), Set.of("192.0.2.9")))
        .hasMessage("the address 192.0.2.9 is in use");
    assertThatThrownBy(() -> POOL.choose(DUAL, Optional.of("192.0.2.1"), List.of(), Set.of()))
        .hasMessage("the address 192.0.2.1 is not in the pool");
  }

  @Test
  void an_address_of_a_family_that_the_service_does_not_have_is_refused() {
    assertThatThrownBy(() -> POOL.choose(List.of("IPv4"), Optional.of("2001:db8::ff"), List.of(), Set.of()))
        .hasMessage("the address 2001:db8::ff is of no family of the service: IPv4");
  }

  @Test
  void an_empty_pool_says_so() {
    assertThatThrownBy(() -> POOL.choose(DUAL, Optional.empty(), List.of(), Set.of("2001:db8::ff")))
        .hasMessage("no address of the family IPv6 is left in the pool");
  }

  @Test
  void ranges_that_make_no_sense_are_refused() {
    for (String text : List.of("192.0.2.9-192.0.2.1", "192.0.2.1-2001:db8::1", "nowhere", "192.0.2.0/33")) {
      assertThatThrownBy(() -> AddressRange.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void no_two_services_get_the_same_before_their_statuses_tell() {
    List<Service> all = new ArrayList<>(List.of(service("a"), service("b"), service("c", "192.0.2.8")));
    PooledLoadBalancers balancers = new PooledLoadBalancers(POOL, () -> all);
    assertThat(ensure(balancers, all.get(0))).containsExactly("192.0.2.9");
    assertThat(ensure(balancers, all.get(1))).containsExactly("192.0.2.20");
    assertThat(ensure(balancers, all.get(2))).containsExactly("192.0.2.8");
    assertThat(balancers.find("kubernetes", all.get(0))).isPresent();
    balancers.delete("kubernetes", all.get(0));
    assertThat(balancers.find("kubernetes", all.get(0))).isEmpty();
    all.add(service("d"));
    assertThat(ensure(balancers, all.get(3))).containsExactly("192.0.2.9");
  }

  @Test
  void a_service_that_went_without_a_word_keeps_no_address() {
    List<Service> all = new ArrayList<>(List.of(service("a"), service("b")));
    PooledLoadBalancers balancers = new PooledLoadBalancers(POOL, () -> all);
    assertThat(ensure(balancers, all.get(0))).containsExactly("192.0.2.8");
    all.removeFirst();
    assertThat(ensure(balancers, all.get(0))).containsExactly("192.0.2.8");
  }

  @Test
  void an_address_is_the_same_however_it_is_written() {
    List<Service> all = new ArrayList<>(List.of(service("a"), service("b", "2001:0db8:0::00ff")));
    all.getFirst().getSpec().setIpFamilies(List.of("IPv6"));
    all.getFirst().getSpec().setLoadBalancerIP("2001:db8:0:0::ff");
    PooledLoadBalancers balancers = new PooledLoadBalancers(POOL, () -> all);
    assertThatThrownBy(() -> ensure(balancers, all.get(0))).hasMessage("the address 2001:db8::ff is in use");
  }

  private static List<String> ensure(PooledLoadBalancers balancers, Service service) {
    return balancers.ensure("kubernetes", service, List.of()).getIngress().stream().map(ingress -> ingress.getIp()).toList();
  }
}
