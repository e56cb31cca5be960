package io.kubrig.machinery.intorstring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IntOrStringTest {

  @Test
  void a_percentage_is_a_share_of_the_total() {
    assertThat(IntOrString.of("25%").scaled(10, true)).isEqualTo(3);
    assertThat(IntOrString.of("25%").scaled(10, false)).isEqualTo(2);
    assertThat(IntOrString.of(7L).scaled(10, true)).isEqualTo(7);
  }

  @Test
  void another_text_is_refused() {
    assertThatThrownBy(() -> IntOrString.of("http").scaled(1, true))
        .hasMessage("invalid value for IntOrString: invalid type: string is not a percentage");
    assertThatThrownBy(() -> IntOrString.of("a%").scaled(1, true))
        .hasMessage("invalid value for IntOrString: invalid value \"a%\": strconv.Atoi: parsing \"a\": invalid syntax");
  }
}
