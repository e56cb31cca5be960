package io.kubrig.machinery.duration;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.time.Duration;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationFuzz {

  @ValueSource(strings = {"1h30m", "-1.5s", "9223372036854775807ns", "-9223372036854775808ns", "0", ".5\u00b5s", "1.0000000000000000001h",
      "-0"})
  @FuzzTest
  void a_duration_prints_as_what_it_is_read_from(@NotNull String text) {
    Duration duration;
    try {
      duration = GoDuration.parse(text);
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertThat(GoDuration.parse(GoDuration.format(duration))).isEqualTo(duration);
  }
}
