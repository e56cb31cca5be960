package io.kubrig.machinery.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.events.EventCorrelator.Correlated;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventCorrelatorTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final EventCorrelator correlator = new EventCorrelator();

  @Test
  void equal_occurrences_are_counted_on_the_event_that_is_there() {
    Correlated first = write("web", "", "Back-off", START).orElseThrow();
    Correlated second = write("web", "", "Back-off", START.plusSeconds(10)).orElseThrow();

    assertThat(first.count()).isEqualTo(1);
    assertThat(first.name()).isEmpty();
    assertThat(second.count()).isEqualTo(2);
    assertThat(second.name()).contains("event-1");
    assertThat(second.first()).isEqualTo(START);
  }

  @Test
  void an_event_that_was_never_written_is_written_with_its_count() {
    correlator.correlate(occurrence("web", "", "Back-off", START));

    Correlated second = write("web", "", "Back-off", START.plusSeconds(10)).orElseThrow();

    assertThat(second.name()).isEmpty();
    assertThat(second.count()).isEqualTo(2);
  }

  @Test
  void containers_of_a_pod_have_events_of_their_own() {
    write("web", "spec.containers{a}", "Back-off", START);

    assertThat(write("web", "spec.containers{b}", "Back-off", START).orElseThrow().count()).isEqualTo(1);
  }

  @Test
  void the_tenth_of_similar_messages_begins_a_combined_event() {
    for (int i = 0; i < 9; i++) {
      assertThat(write("web", "", "exit " + i, START).orElseThrow().message()).isEqualTo("exit " + i);
    }

    Correlated tenth = write("web", "", "exit 9", START).orElseThrow();
    Correlated next = write("web", "", "exit 10", START).orElseThrow();
    Correlated known = write("web", "", "exit 3", START).orElseThrow();

    assertThat(tenth.message()).isEqualTo("(combined from similar events): exit 9");
    assertThat(tenth.name()).isEmpty();
    assertThat(next.message()).isEqualTo("(combined from similar events): exit 10");
    assertThat(next.count()).isEqualTo(2);
    assertThat(known.message()).isEqualTo("exit 3");
  }

  @Test
  void similar_messages_are_forgotten_after_ten_quiet_minutes() {
    for (int i = 0; i < 9; i++) {
      write("web", "", "exit " + i, START);
    }

    Instant later = START.plus(Duration.ofMinutes(10)).plusSeconds(1);

    assertThat(write("web", "", "exit 9", later).orElseThrow().message()).isEqualTo("exit 9");
  }

  @Test
  void an_object_has_25_events_at_once_and_then_one_every_five_minutes() {
    for (int i = 0; i < 25; i++) {
      assertThat(write("web", "", "Back-off", START)).isPresent();
    }

    assertThat(write("web", "", "Back-off", START)).isEmpty();
    assertThat(write("web", "", "Back-off", START.plusSeconds(299))).isEmpty();
    assertThat(write("db", "", "Back-off", START)).isPresent();
    assertThat(write("web", "", "Back-off", START.plusSeconds(300)).orElseThrow().count()).as("with those that were not written")
        .isEqualTo(28);
  }

  private Optional<Correlated> write(String object, String part, String message, Instant at) {
    Optional<Correlated> correlated = correlator.correlate(occurrence(object, part, message, at));
    correlated.ifPresent(event -> correlator.written(event, event.name().orElse("event-" + event.count())));
    return correlated;
  }

  private static Occurrence occurrence(String object, String part, String message, Instant at) {
    return new Occurrence("kubelet", object, part, "Warning", "Failed", message, at);
  }
}
