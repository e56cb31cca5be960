package io.kubrig.operators.optin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptInTest {
  @Test
  void a_period_is_a_duration_of_a_second_or_more() {
    assertThat(OptIn.period("1s")).isEqualTo(Duration.ofSeconds(1));
    assertThat(OptIn.period("1m30s")).isEqualTo(Duration.ofSeconds(90));
    assertThatThrownBy(() -> OptIn.period("500ms")).hasMessage("shorter than 1s");
    assertThatThrownBy(() -> OptIn.period("-5s")).hasMessage("shorter than 1s");
    assertThatThrownBy(() -> OptIn.period("soon")).hasMessage("not a duration such as 5s or 1m30s");
    assertThatThrownBy(() -> OptIn.period("")).hasMessage("not a duration such as 5s or 1m30s");
  }
}
