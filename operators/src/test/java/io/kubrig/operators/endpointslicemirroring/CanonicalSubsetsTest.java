package io.kubrig.operators.endpointslicemirroring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanonicalSubsetsTest {
  private static List<EndpointSubset> subsets(String text) {
    return Objects.parse("{\"subsets\": " + text + "}", Endpoints.class).getSubsets();
  }

  private static void assertCanonical(String given, String canonical) {
    assertThat(CanonicalSubsets.of(subsets(given))).isEqualTo(subsets(canonical));
  }

  @Test
  void ports_of_the_same_addresses_share_a_subset() {
    assertCanonical("""
        [{"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}], "ports": [{"name": "a", "port": 1}]},
         {"addresses": [{"ip": "10.0.0.2"}, {"ip": "10.0.0.1"}], "ports": [{"name": "b", "port": 2}]}]
        """, """
        [{"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}], "ports": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}]
        """);
  }

  @Test
  void a_port_gathers_its_addresses_from_all_subsets() {
    assertCanonical("""
        [{"addresses": [{"ip": "10.0.0.2"}], "ports": [{"name": "a", "port": 1}]},
         {"addresses": [{"ip": "10.0.0.1"}], "ports": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}]
        """, """
        [{"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}], "ports": [{"name": "a", "port": 1}]},
         {"addresses": [{"ip": "10.0.0.1"}], "ports": [{"name": "b", "port": 2}]}]
        """);
  }

  @Test
  void an_address_that_is_not_ready_for_a_port_is_not_ready_for_it_wherever_else_it_is_named() {
    assertCanonical("""
        [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 1}]},
         {"notReadyAddresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 1}]},
         {"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 1}]}]
        """, """
        [{"notReadyAddresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 1}]}]
        """);
  }

  @Test
  void what_is_known_of_an_address_counts_for_all_its_ports_and_targets_tell_addresses_apart() {
    assertCanonical("""
        [{"addresses": [{"ip": "10.0.0.1", "nodeName": "n"}], "ports": [{"port": 1}]},
         {"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.1", "targetRef": {"uid": "u"}}], "ports": [{"port": 7}]}]
        """, """
        [{"addresses": [{"ip": "10.0.0.1", "nodeName": "n"}], "ports": [{"port": 1}]},
         {"addresses": [{"ip": "10.0.0.1", "nodeName": "n"}, {"ip": "10.0.0.1", "targetRef": {"uid": "u"}}], "ports": [{"port": 7}]}]
        """);
  }

  @Test
  void addresses_without_ports_stay_and_subsets_without_addresses_go() {
    assertCanonical("""
        [{"addresses": [{"ip": "10.0.0.1"}]}, {"ports": [{"port": 1}]}]
        """, """
        [{"addresses": [{"ip": "10.0.0.1"}]}]
        """);
  }
}
