package io.kubrig.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PerResourceTest {
  private static final Kind KIND = new Kind() {};

  private final AtomicInteger made = new AtomicInteger();
  private final PerResource<Integer> values = new PerResource<>();

  private static Resource widgets() {
    return new Resource("example.com", "widgets", "widget", "Widget", "WidgetList", true, List.of(), List.of(), List.of("v1"),
        "example.com/v1",
        Map.of(), "/registry/example.com/widgets/", Set.of(), Set.of(), true, KIND);
  }

  @Test
  void a_value_is_made_once_for_a_resource() {
    Resource resource = widgets();
    assertThat(values.of(resource, made::incrementAndGet)).isEqualTo(1);
    assertThat(values.of(resource, made::incrementAndGet)).isEqualTo(1);
  }

  @Test
  void a_definition_that_was_made_anew_has_a_value_of_its_own_though_it_is_equal() {
    Resource first = widgets();
    Resource second = widgets();
    assertThat(first).isEqualTo(second);
    assertThat(values.of(first, made::incrementAndGet)).isEqualTo(1);
    assertThat(values.of(second, made::incrementAndGet)).isEqualTo(2);
    assertThat(values.of(first, made::incrementAndGet)).isEqualTo(1);
  }
}
