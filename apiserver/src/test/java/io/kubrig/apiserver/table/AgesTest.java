package io.kubrig.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgesTest {

  @ParameterizedTest
  @CsvSource({
    "PT1S, 1s", "PT119S, 119s", "PT2M, 2m", "PT2M30S, 2m30s", "PT9M59S, 9m59s", "PT10M, 10m", "PT179M, 179m", "PT3H, 3h", "PT7H59M, 7h59m",
    "PT8H, 8h", "PT47H, 47h", "PT48H, 2d", "PT51H, 2d3h", "P8D, 8d", "P729D, 729d", "P730D, 2y", "P760D, 2y30d", "P2920D, 8y"
  })
  void shows_durations_in_the_units_that_matter(Duration duration, String text) {
    assertThat(Ages.shortly(duration)).isEqualTo(text);
  }

  @Test
  void shows_times_as_ages() {
    Instant now = Instant.parse("2024-01-02T00:00:00Z");
    assertThat(Ages.since("2024-01-01T00:00:00Z", now)).isEqualTo("24h");
    assertThat(Ages.since("2024-01-01T23:59:30.123456Z", now)).isEqualTo("29s");
    assertThat(Ages.since("", now)).isEqualTo("<unknown>");
    assertThat(Ages.since("2024-01-02T01:00:00Z", now)).isEqualTo("<invalid>");
  }
}
