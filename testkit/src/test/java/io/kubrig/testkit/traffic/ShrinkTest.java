package io.kubrig.testkit.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShrinkTest {
  private static final List<Integer> HUNDRED = IntStream.rangeClosed(1, 100).boxed().toList();

  @Test
  void what_it_takes_together_is_left() throws Exception {
    AtomicInteger trials = new AtomicInteger();
    assertThat(Shrink.smallest(HUNDRED, some -> {
      trials.incrementAndGet();
      return some.containsAll(List.of(7, 42, 93));
    })).containsExactly(7, 42, 93);
    assertThat(trials).hasValueLessThan(100);
  }

  @Test
  void nothing_is_left_of_what_fails_without_any() throws Exception {
    assertThat(Shrink.smallest(HUNDRED, some -> true)).isEmpty();
    assertThat(Shrink.smallest(List.of(), some -> true)).isEmpty();
  }

  @Test
  void all_is_left_where_each_is_needed() throws Exception {
    assertThat(Shrink.smallest(List.of(1, 2, 3), some -> some.size() == 3)).containsExactly(1, 2, 3);
  }

  @Test
  void strikes_are_read_as_they_are_written() {
    List<Strike> strikes = List.of(
        new Strike(2, "test update configmaps default/a", Fault.conflict()),
        new Strike(1, "op create pods default", new Fault.AnswerLost()));
    assertThat(Strike.parse("  " + strikes.getFirst() + "\n\n" + strikes.getLast())).isEqualTo(strikes);
    assertThatThrownBy(() -> Strike.parse("earthquake 1 op create pods")).hasMessageContaining("earthquake");
  }
}
