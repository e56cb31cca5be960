package io.kubrig.apiserver.kinds.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexesTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "1-2-3 | the fragment \"1-2-3\" violates the requirement that an index interval can have at most two parts separated by '-'",
    "a | cannot convert string to integer for index: \"a\"",
    "9-x | too large index: \"9\"",
    "1-9 | too large index: \"9\"",
    "3-1 | non-increasing order, previous: 3, current: 1",
    "2,1 | non-increasing order, previous: 2, current: 1",
  })
  void trouble_is_named_in_the_order_in_which_native_looks(String text, String trouble) {
    assertThat(Indexes.parse(text, 5)).isEqualTo(new Indexes(0, trouble));
  }

  @Test
  void intervals_are_counted() {
    assertThat(Indexes.parse("0,2-4", 5)).isEqualTo(new Indexes(4, ""));
  }

  @Test
  void what_has_failed_has_not_completed() {
    assertThat(Indexes.overlap("0-2,5", "3-4", 9)).isEmpty();
    assertThat(Indexes.overlap("0-2,5", "x,2-4", 9)).hasValue(2);
    assertThat(Indexes.overlap("", "0", 9)).isEmpty();
  }
}
