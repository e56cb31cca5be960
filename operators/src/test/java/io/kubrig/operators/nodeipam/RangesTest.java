package io.kubrig.operators.nodeipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RangesTest {
  @Test
  void ranges_are_given_one_after_the_other() {
    Ranges ranges = new Ranges("10.244.0.0/16", 26);
    assertThat(ranges.allocate()).contains("10.244.0.0/26");
    assertThat(ranges.allocate()).contains("10.244.0.64/26");
  }

  @Test
  void taken_ranges_are_passed_over_and_none_may_be_left() {
    Ranges ranges = new Ranges("10.0.0.0/30", 31);
    ranges.occupy("10.0.0.0/31");
    assertThat(ranges.allocate()).contains("10.0.0.2/31");
    assertThat(ranges.allocate()).isEmpty();
    ranges.release("10.0.0.0/31");
    assertThat(ranges.allocate()).contains("10.0.0.0/31");
  }

  @Test
  void a_wider_range_takes_all_that_it_touches() {
    Ranges ranges = new Ranges("10.96.0.0/14", 16);
    ranges.occupy("10.96.0.0/15");
    assertThat(ranges.allocate()).contains("10.98.0.0/16");
  }

  @Test
  void addresses_of_version_6_are_written_short() {
    Ranges ranges = new Ranges("fd00:10:244::/56", 64);
    assertThat(ranges.allocate()).contains("fd00:10:244::/64");
    assertThat(ranges.allocate()).contains("fd00:10:244:1::/64");
  }

  @Test
  void masks_that_do_not_fit_are_refused() {
    assertThatThrownBy(() -> new Ranges("10.0.0.0/8", 25)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Ranges("10.0.0.0", 24)).isInstanceOf(IllegalArgumentException.class);
  }
}
