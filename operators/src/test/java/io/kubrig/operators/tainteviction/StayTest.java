package io.kubrig.operators.tainteviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StayTest {
  private static final Taint X = new Taint("NoExecute", "x", null, "v");
  private static final Taint Y = new Taint("NoExecute", "y", null, null);

  private static Toleration exists(String key, Long seconds) {
    return new Toleration("NoExecute", key, "Exists", seconds, null);
  }

  private static Toleration equal(String key, String value) {
    return new Toleration(null, key, null, null, value);
  }

  @Test
  void tolerations_say_how_long() {
    assertThat(Stay.of(List.of(), List.of())).isEqualTo(new Stay.Forever());
    assertThat(Stay.of(List.of(X), List.of())).isEqualTo(new Stay.Not());
    assertThat(Stay.of(List.of(X), List.of(exists("x", null)))).isEqualTo(new Stay.Forever());
    assertThat(Stay.of(List.of(X), List.of(exists(null, null)))).isEqualTo(new Stay.Forever());
    assertThat(Stay.of(List.of(X), List.of(equal("x", "v")))).isEqualTo(new Stay.Forever());
    assertThat(Stay.of(List.of(X), List.of(equal("x", "other")))).isEqualTo(new Stay.Not());
    assertThat(Stay.of(List.of(X, Y), List.of(exists("x", null)))).isEqualTo(new Stay.Not());
    assertThat(Stay.of(List.of(X, Y), List.of(exists("x", 9L), exists("y", 5L)))).isEqualTo(new Stay.Only(Duration.ofSeconds(5)));
    assertThat(Stay.of(List.of(X, Y), List.of(exists("x", null), exists("y", 5L)))).isEqualTo(new Stay.Only(Duration.ofSeconds(5)));
    assertThat(Stay.of(List.of(X), List.of(exists("x", 0L)))).isEqualTo(new Stay.Not());
  }
}
