package io.kubrig.machinery.informers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.machinery.models.ModelSerialization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EventsTest {
  private final Events<Pod> events = new Events<>(Pod.class, ModelSerialization.shared());

  @Test
  void the_type_may_come_behind_the_object() throws IOException {
    Event<Pod> event = event("{\"more\":{\"type\":\"x\"},\"object\":{\"metadata\":{\"name\":\"a\"}},\"type\":\"DELETED\"}");
    assertThat(event).isInstanceOf(Event.Gone.class);
  }

  @Test
  void an_object_is_what_the_kind_is_without_saying_so() throws IOException {
    Event.Shown<Pod> shown = (Event.Shown<Pod>) event("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"ä\"},\"new\":1}}");
    assertThat(shown.object().getKind()).isEqualTo("Pod");
    assertThat(shown.object().getMetadata().getName()).isEqualTo("ä");
    assertThat(shown.added()).isTrue();
  }

  @Test
  void types_that_are_not_known_are_said_to_be() throws IOException {
    assertThat(event("{\"type\":\"MOVED\",\"object\":{\"metadata\":{}}}")).isEqualTo(new Event.Unknown<Pod>("MOVED"));
  }

  @Test
  void what_is_no_event_is_refused() {
    for (String line : List.of("[]", "{}", "{\"type\":\"ADDED\"}", "{\"object\":{}}", "{\"type\":\"ADDED\",\"object\":null}",
        "{\"type\":")) {
      assertThatThrownBy(() -> event(line)).as(line).isInstanceOf(IOException.class);
    }
  }

  @Test
  void lines_are_found_however_they_are_cut() {
    long seed = Long.getLong("seed", 11);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      List<String> sent = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        sent.add("ö".repeat(random.nextInt(1, random.nextInt(10) == 0 ? 9000 : 50)));
      }
      byte[] bytes = (String.join("\n", sent) + "\n").getBytes(StandardCharsets.UTF_8);
      List<String> read = new ArrayList<>();
      Lines lines = new Lines((line, offset, length) -> read.add(new String(line, offset, length, StandardCharsets.UTF_8)));
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, random.nextInt(3000));
        ByteBuffer piece = ByteBuffer.wrap(bytes, at, length);
        lines.feed(random.nextBoolean() ? piece : piece.asReadOnlyBuffer());
        at += length;
      }
      assertThat(read).as("seed %d, round %d", seed, round).isEqualTo(sent);
    }
  }

  private Event<Pod> event(String line) throws IOException {
    byte[] bytes = ("##" + line + "##").getBytes(StandardCharsets.UTF_8);
    return events.event(bytes, 2, bytes.length - 4);
  }
}
