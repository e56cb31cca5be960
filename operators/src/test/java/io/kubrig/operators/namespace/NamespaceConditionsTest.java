package io.kubrig.operators.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamespaceConditionsTest {
  private static final String NOW = "2026-01-01T00:00:00Z";
  private static final String LATER = "2026-01-01T00:01:00Z";

  private static NamespaceCondition of(List<NamespaceCondition> conditions, String type) {
    return conditions.stream().filter(c -> c.getType().equals(type)).findFirst().orElseThrow();
  }

  private static ObjectMeta heldBy(String... finalizers) {
    return new ObjectMetaBuilder().withFinalizers(finalizers).build();
  }

  @Test
  void what_is_left_is_given_time_or_was_not_expected() {
    Emptying none = new Emptying();
    none.left("pods.", List.of(), Duration.ofSeconds(30), "unexpected");
    assertThat(none.estimate()).isZero();

    Emptying pods = new Emptying();
    pods.left("pods.", List.of(heldBy("example.test/a")), Duration.ofSeconds(30), "unexpected");
    assertThat(pods.estimate()).hasSeconds(30);

    Emptying held = new Emptying();
    held.left("secrets.", List.of(heldBy("example.test/a")), Duration.ZERO, "unexpected");
    assertThat(held.estimate()).isEqualTo(Emptying.FINALIZERS);
    assertThat(held.failures()).isEmpty();

    Emptying loose = new Emptying();
    loose.left("secrets.", List.of(heldBy()), Duration.ZERO, "unexpected");
    assertThat(loose.estimate()).isZero();
    assertThat(loose.failures()).containsExactly("unexpected");
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
    emptying.left("secrets.", List.of(heldBy("example.test/a")), Duration.ZERO, "unexpected");
    List<ObjectMeta> maps = List.of(heldBy("example.test/a"), heldBy("example.test/a", "example.test/b"));
    emptying.left("configmaps.", maps, Duration.ZERO, "unexpected");
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
