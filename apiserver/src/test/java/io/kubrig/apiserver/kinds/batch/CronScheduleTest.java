package io.kubrig.apiserver.kinds.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {

  @ParameterizedTest
  @ValueSource(strings = {"* * * * *", "*/5 0-6/2 1,15 JAN-mar sun", "@hourly", "@every 1h30m", "CRON_TZ=UTC 0 0 * * ?"})
  void accepts_what_can_be_scheduled(String schedule) {
    assertThat(CronSchedule.trouble(schedule)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * * | expected exactly 5 fields, found 4: [* * * *]",
        "60 * * * * | end of range (60) above maximum (59): 60",
        "* * 0 * * | beginning of range (0) below minimum (1): 0",
        "5-1 * * * * | beginning of range (5) beyond end of range (1): 5-1",
        "*/0 * * * * | step of range should be a positive number: */0",
        "1-2-3 * * * * | too many hyphens: 1-2-3",
        "1/2/3 * * * * | too many slashes: 1/2/3",
        "a * * * * | failed to parse int from a: strconv.Atoi: parsing \"a\": invalid syntax",
        "@never | unrecognized descriptor: @never"
      })
  void says_what_is_wrong_with_a_schedule(String schedule, String trouble) {
    assertThat(CronSchedule.trouble(schedule)).contains(trouble);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0-2,5 | 4 | ''", "3 | 1 | ''", "2-1 | 0 | non-increasing order, previous: 2, current: 1",
          "9-12 | 0 | too large index: \"12\""})
  void counts_the_indexes_of_a_success_policy(String text, long count, String trouble) {
    assertThat(Indexes.parse(text, 10)).isEqualTo(new Indexes(count, trouble));
  }
}
