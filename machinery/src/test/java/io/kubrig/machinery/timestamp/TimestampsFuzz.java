package io.kubrig.machinery.timestamp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsFuzz {

  @ValueSource(
      strings = {"2024-02-29T23:59:59.999999999+18:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2024-01-02T03:04:05.123456Z",
          "0000-01-01T00:00:00+01:00", "2024-01-02T03:04:05+18:59"})
  @FuzzTest
  void a_time_prints_as_what_it_is_read_from(@NotNull String text) {
    Instant time;
    try {
      time = Timestamps.parse(text);
    } catch (IllegalArgumentException refused) {
      return;
    }
    String printed = Timestamps.format(time);
    int year = time.atOffset(ZoneOffset.UTC).getYear();
    if (year >= 0 && year <= 9999) {
      assertThat(Timestamps.parse(printed)).isEqualTo(time.truncatedTo(ChronoUnit.SECONDS));
      assertThat(Timestamps.parseMicro(Timestamps.formatMicro(time))).isEqualTo(time.truncatedTo(ChronoUnit.MICROS));
    }
  }
}
