package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeerTest {
  @Test
  void the_identity_is_native_s_of_the_same_host() {
    // recorded of kube-apiserver 1.36.2 on a machine of this name
    assertThat(new Peer("vm", "10.0.0.1", 6443).identity()).isEqualTo("apiserver-wlv32tlttr4jl3gtroqexyxapa");
  }

  @Test
  void the_address_is_as_in_a_url() {
    assertThat(new Peer("vm", "10.0.0.1", 6443).address()).isEqualTo("10.0.0.1:6443");
    assertThat(new Peer("vm", "fd00::1", 6443).address()).isEqualTo("[fd00::1]:6443");
  }
}
