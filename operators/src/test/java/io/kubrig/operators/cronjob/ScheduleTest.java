package io.kubrig.operators.cronjob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static String next(String schedule, String after) {
    return Schedule.parse(schedule, ZoneOffset.UTC).next(Instant.parse(after)).map(Instant::toString).orElse("never");
  }

  @Test
  void fields_are_ranges_steps_lists_and_names() {
    assertThat(next("*/15 * * * *", "2026-01-01T00:01:00Z")).isEqualTo("2026-01-01T00:15:00Z");
    assertThat(next("0 9-17 * * mon-fri", "2026-01-02T17:30:00Z")).isEqualTo("2026-01-05T09:00:00Z");
    assertThat(next("30 6 1,15 feb *", "2026-01-02T00:00:00Z")).isEqualTo("2026-02-01T06:30:00Z");
    assertThat(next("5/20 * * * *", "2026-01-01T00:05:00Z")).isEqualTo("2026-01-01T00:25:00Z");
  }

  @Test
  void a_day_matches_by_either_field_when_both_are_given() {
    assertThat(next("0 0 13 * fri", "2026-01-01T00:00:00Z")).isEqualTo("2026-01-02T00:00:00Z");
    assertThat(next("0 0 13 * *", "2026-01-01T00:00:00Z")).isEqualTo("2026-01-13T00:00:00Z");
  }

  @Test
  void a_leap_day_comes_and_the_thirty_first_of_february_does_not() {
    assertThat(next("0 0 29 2 *", "2026-01-01T00:00:00Z")).isEqualTo("2028-02-29T00:00:00Z");
    assertThat(next("0 0 31 2 *", "2026-01-01T00:00:00Z")).isEqualTo("never");
  }

  @Test
  void an_hour_that_the_clocks_skip_is_skipped() {
    Schedule schedule = Schedule.parse("30 2 * * *", ZoneId.of("Europe/Berlin"));
    assertThat(schedule.next(Instant.parse("2026-03-28T12:00:00Z"))).contains(Instant.parse("2026-03-30T00:30:00Z"));
  }

  @Test
  void descriptors_and_zones_are_understood() {
    assertThat(next("@daily", "2026-01-01T10:00:00Z")).isEqualTo("2026-01-02T00:00:00Z");
    assertThat(next("@every 90m", "2026-01-01T10:00:00Z")).isEqualTo("2026-01-01T11:30:00Z");
    assertThat(next("TZ=Asia/Tokyo 0 9 * * *", "2026-01-01T10:00:00Z")).isEqualTo("2026-01-02T00:00:00Z");
  }

  @Test
  void nonsense_is_refused_with_a_reason() {
    assertThatThrownBy(() -> Schedule.parse("* * * *", ZoneOffset.UTC)).hasMessage("expected exactly 5 fields, found 4: [* * * *]");
    assertThatThrownBy(() -> Schedule.parse("60 * * * *", ZoneOffset.UTC)).hasMessage("end of range (60) above maximum (59): 60");
    assertThatThrownBy(() -> Schedule.parse("@fortnightly", ZoneOffset.UTC)).hasMessage("unrecognized descriptor: @fortnightly");
  }
}
