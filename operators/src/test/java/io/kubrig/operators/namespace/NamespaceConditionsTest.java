package io.kubrig.operators.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceCondition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamespaceConditionsTest {
  private static final String NOW = "2026-01-01T00:00:00Z";
  private static final String LATER = "2026-01-01T00:01:00Z";

  private static NamespaceCondition of(List<NamespaceCondition> conditions, String type) {
    return conditions.stream().filter(c -> c.getType().equals(type)).findFirst().orElseThrow();
  }

  @Test
  void all_is_well_when_nothing_is_left() {
    List<NamespaceCondition> conditions = NamespaceConditions.after(new Emptying(), List.of(), NOW);
    assertThat(conditions).hasSize(5).allMatch(c -> c.getStatus().equals("False"));
    assertThat(of(conditions, "NamespaceContentRemaining").getMessage()).isEqualTo("All content successfully removed");
  }

  @Test
  void what_is_left_is_counted_by_resource_and_finalizer() {
    Emptying emptying = new Emptying();
    emptying.left("secrets.", 1, Map.of("example.test/a", 1));
    emptying.left("configmaps.", 2, Map.of("example.test/a", 2, "example.test/b", 1));
    List<NamespaceCondition> conditions = NamespaceConditions.after(emptying, List.of(), NOW);
    assertThat(of(conditions, "NamespaceContentRemaining").getMessage())
        .isEqualTo("Some resources are remaining: configmaps. has 2 resource instances, secrets. has 1 resource instances");
    assertThat(of(conditions, "NamespaceFinalizersRemaining").getMessage()).isEqualTo("Some content in the namespace has finalizers "
        + "remaining: example.test/a in 3 resource instances, example.test/b in 1 resource instances");
  }

  @Test
  void a_condition_that_says_the_same_keeps_its_time() {
    List<NamespaceCondition> before = NamespaceConditions.after(new Emptying(), List.of(), NOW);
    assertThat(NamespaceConditions.after(new Emptying(), before, LATER)).isEqualTo(before);
  }

  @Test
  void failures_are_told() {
    Emptying emptying = new Emptying();
    emptying.failed("no");
    NamespaceCondition condition = of(NamespaceConditions.after(emptying, List.of(), NOW), "NamespaceDeletionContentFailure");
    assertThat(condition.getMessage()).isEqualTo("Failed to delete all resource types, 1 remaining: no");
    assertThat(condition.getReason()).isEqualTo("ContentDeletionFailed");
  }
}
