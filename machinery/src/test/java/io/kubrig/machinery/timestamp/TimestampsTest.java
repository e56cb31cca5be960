package io.kubrig.machinery.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestampsTest {

  @Test
  void reads_offsets_and_fractions_and_prints_utc_seconds() {
    assertThat(Timestamps.format(Timestamps.parse("2024-02-29T01:02:03.987+02:00"))).isEqualTo("2024-02-28T23:02:03Z");
    assertThat(Timestamps.parse("2024-01-02T03:04:05Z")).isEqualTo(Instant.parse("2024-01-02T03:04:05Z"));
    assertThat(Timestamps.formatMicro(Timestamps.parseMicro("2024-01-02T03:04:05.000012Z"))).isEqualTo("2024-01-02T03:04:05.000012Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "yesterday|parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"yesterday\" as \"2006\"",
        "2024-01-02|parsing time \"2024-01-02\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"T\"",
        "2024-13-02T00:00:00Z|parsing time \"2024-13-02T00:00:00Z\": month out of range",
        "2023-02-29T00:00:00Z|parsing time \"2023-02-29T00:00:00Z\": day out of range",
        "2023-02-28T00:00:00Zx|parsing time \"2023-02-28T00:00:00Zx\": extra text: \"x\"",
      })
  void complains_as_go(String text, String message) {
    assertThatThrownBy(() -> Timestamps.parse(text)).hasMessage(message);
  }

  @Test
  void a_micro_time_has_six_digits() {
    assertThatThrownBy(() -> Timestamps.parseMicro("2024-01-02T00:00:00Z"))
        .hasMessage("parsing time \"2024-01-02T00:00:00Z\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"Z\" as \".000000\"");
  }
}
