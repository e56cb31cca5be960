package io.kubrig.machinery.duration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({
    "0,0s", "1h30m,1h30m0s", "90m,1h30m0s", "1.5s,1.5s", "250ms,250ms", "1500us,1.5ms", "-2m3.4s,-2m3.4s", "1ns,1ns", "+5m,5m0s",
        ".5h,30m0s", "1.s,1s", "100h,100h0m0s"
  })
  void reads_and_prints_as_go(String text, String printed) {
    assertThat(GoDuration.format(GoDuration.parse(text))).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|time: invalid duration \"\"", "3|time: missing unit in duration \"3\"", "x|time: invalid duration \"x\"",
            ".s|time: invalid duration \".s\"",
        "1d|time: unknown unit \"d\" in duration \"1d\"", "9223372036854775808ns|time: invalid duration \"9223372036854775808ns\""
      })
  void refuses_as_go(String text, String message) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void reads_back_what_it_prints() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(64));
      assertThat(GoDuration.parse(GoDuration.format(duration))).as("seed %d", seed).isEqualTo(duration);
    }
  }
}
