package io.kubrig.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapGrowthTest {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void a_large_heap_is_collected_when_it_has_doubled() {
    assertThat(HeapGrowth.isDue(799 * MEBIBYTE, 400 * MEBIBYTE)).isFalse();
    assertThat(HeapGrowth.isDue(801 * MEBIBYTE, 400 * MEBIBYTE)).isTrue();
  }

  @Test
  void a_small_heap_may_hold_some_litter() {
    assertThat(HeapGrowth.isDue(40 * MEBIBYTE, 0)).isFalse();
    assertThat(HeapGrowth.isDue(60 * MEBIBYTE, 20 * MEBIBYTE)).isFalse();
    assertThat(HeapGrowth.isDue(70 * MEBIBYTE, 20 * MEBIBYTE)).isTrue();
  }
}
