package io.kubrig.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.admission.Requests;
import org.junit.jupiter.api.Test;

class WatchCountsTest {
  private final WatchCounts counts = new WatchCounts();
  private final Resource pods = Requests.on("pods").create("{metadata: {name: a}}").operation().resource();

  @Test
  void a_change_is_of_interest_to_those_who_watch_everything_the_namespace_or_the_object() {
    counts.begin(pods, "", "");
    counts.begin(pods, "ns", "");
    counts.begin(pods, "ns", "a");
    counts.begin(pods, "other", "");
    assertThat(counts.interested("", "pods", "ns", "a")).isEqualTo(3);
    assertThat(counts.interested("", "pods", "ns", "b")).isEqualTo(2);
    assertThat(counts.interested("", "pods", "other", "")).isEqualTo(2);
    assertThat(counts.interested("", "configmaps", "ns", "a")).isZero();
  }

  @Test
  void a_watch_ends_once() {
    Object first = counts.begin(pods, "", "");
    counts.begin(pods, "", "");
    counts.end(first);
    counts.end(first);
    assertThat(counts.interested("", "pods", "", "")).isEqualTo(1);
  }
}
