package io.kubrig.operators.servicecidr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefixTest {
  @Test
  void what_is_no_range_or_no_address_holds_nothing_up() {
    assertThat(Prefix.of(null)).isEmpty();
    assertThat(Prefix.of("10.0.0.0")).isEmpty();
    assertThat(Prefix.of("10.0.0.0/33")).isEmpty();
    assertThat(Prefix.of("10.0.0.0/-1")).isEmpty();
    assertThat(Prefix.of("nonsense/8")).isEmpty();
    assertThat(Prefix.of("10.0.0.0/8").orElseThrow().gives("nonsense")).isFalse();
  }
}
