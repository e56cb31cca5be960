package io.kubrig.operators.nodettl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BoundaryTest {
  @Test
  void steps_overlap() {
    assertThat(Boundary.step(0, 100)).isZero();
    assertThat(Boundary.step(0, 101)).isEqualTo(1);
    assertThat(Boundary.step(1, 95)).isEqualTo(1);
    assertThat(Boundary.step(1, 89)).isZero();
    assertThat(Boundary.step(0, 20_000)).isEqualTo(5);
  }
}
