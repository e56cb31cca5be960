package io.kubrig.kubelet.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "$(A), 1",
    "x$(A)y$(B), x1y2",
    "$$(A), $(A)",
    "$$$(A), $1",
    "$(NONE), $(NONE)",
    "$(A, $(A",
    "$, $",
    "a$b, a$b",
    "$(), $()",
  })
  void references_are_replaced_and_everything_else_is_left_alone(String text, String expected) {
    assertThat(Expansion.expand(text, Map.of("A", "1", "B", "2"))).isEqualTo(expected);
  }
}
