package io.kubrig.operators.tainteviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaveTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Taint X = new Taint("NoExecute", "x", null, null);
  private static final Taint Y = new Taint("NoExecute", "y", null, null);

  @Test
  void a_pod_is_deleted_once_for_the_same_taints_and_anew_for_others() {
    Leave done = new Leave("u", NOW, NOW, Optional.of(List.of(X)));
    assertThat(done.done()).isTrue();
    assertThat(done.isStillSo("u", List.of(X))).isTrue();
    assertThat(done.isStillSo("u", List.of(X, Y))).isFalse();
  }

  @Test
  void a_pod_that_is_to_go_later_keeps_its_time_whatever_the_taints() {
    Leave planned = new Leave("u", NOW, NOW.plusSeconds(5), Optional.empty());
    assertThat(planned.done()).isFalse();
    assertThat(planned.isStillSo("u", List.of(X, Y))).isTrue();
  }

  @Test
  void another_pod_of_the_name_is_another_matter() {
    assertThat(new Leave("u", NOW, NOW, Optional.empty()).isStillSo("v", List.of(X))).isFalse();
    assertThat(new Leave("u", NOW, NOW, Optional.of(List.of(X))).isStillSo("", List.of(X))).isFalse();
  }
}
