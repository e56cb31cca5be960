package io.kubrig.operators.disruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BudgetPlanTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));

  private static PodDisruptionBudget budget(IntOrString min, IntOrString max) {
    return new PodDisruptionBudgetBuilder().withNewMetadata().withName("b").withNamespace("ns").withGeneration(3L).endMetadata()
        .withNewSpec().withMinAvailable(min).withMaxUnavailable(max).endSpec().build();
  }

  private static Pod pod(int number, boolean ready) {
    return new PodBuilder().withNewMetadata().withName("p" + number).withNamespace("ns").endMetadata().withNewSpec().endSpec()
        .withNewStatus().withPhase("Running").addNewCondition().withType("Ready").withStatus(ready ? "True" : "False").endCondition()
            .endStatus().build();
  }

  private static List<Pod> pods(int ready, int unready) {
    return IntStream.range(0, ready + unready).mapToObj(number -> pod(number, number < ready)).toList();
  }

  private BudgetPlan plan(PodDisruptionBudget budget, List<Pod> pods, int scale) {
    return BudgetPlan.of(new BudgetPlan.Observed(budget, pods, some -> scale, clock.now()));
  }

  @Test
  void a_number_that_must_stay_is_counted_among_the_pods_that_are_there() {
    var status = plan(budget(new IntOrString(2), null), pods(3, 1), 99).status();
    assertThat(List.of(status.getExpectedPods(), status.getDesiredHealthy(), status.getCurrentHealthy(), status.getDisruptionsAllowed()))
        .containsExactly(4, 2, 3, 1);
    assertThat(status.getObservedGeneration()).isEqualTo(3);
  }

  @Test
  void shares_are_of_what_the_owners_want_and_rounded_up() {
    assertThat(plan(budget(new IntOrString("50%"), null), pods(3, 0), 5).status().getDesiredHealthy()).isEqualTo(3);
    assertThat(plan(budget(null, new IntOrString("30%")), pods(5, 0), 5).status().getDesiredHealthy()).isEqualTo(3);
    assertThat(plan(budget(null, new IntOrString(1)), pods(5, 0), 5).status().getDisruptionsAllowed()).isEqualTo(1);
  }

  @Test
  void nothing_is_allowed_where_nothing_is_expected() {
    assertThat(plan(budget(new IntOrString(0), null), List.of(), 0).status().getDisruptionsAllowed()).isZero();
  }

  @Test
  void a_granted_eviction_counts_as_done_for_two_minutes() {
    PodDisruptionBudget budget = budget(new IntOrString(1), null);
    budget.setStatus(plan(budget, pods(3, 0), 3).status());
    budget.getStatus().setDisruptedPods(Map.of("p0", Objects.time(clock.now())));
    clock.advance(Duration.ofSeconds(119));
    BudgetPlan waiting = plan(budget, pods(3, 0), 3);
    assertThat(waiting.status().getCurrentHealthy()).isEqualTo(2);
    assertThat(waiting.recheck()).contains(Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(2));
    BudgetPlan over = plan(budget, pods(3, 0), 3);
    assertThat(over.status().getDisruptedPods()).isEmpty();
    assertThat(over.status().getCurrentHealthy()).isEqualTo(3);
    assertThat(over.undeleted()).extracting(pod -> pod.getMetadata().getName()).containsExactly("p0");
  }

  @Test
  void the_condition_keeps_its_time_until_it_turns() {
    PodDisruptionBudget budget = budget(new IntOrString(2), null);
    budget.setStatus(plan(budget, pods(3, 0), 3).status());
    String since = budget.getStatus().getConditions().getFirst().getLastTransitionTime();
    clock.advance(Duration.ofMinutes(1));
    assertThat(plan(budget, pods(3, 0), 3).status().getConditions().getFirst().getLastTransitionTime()).isEqualTo(since);
    var turned = plan(budget, pods(2, 1), 3).status().getConditions().getFirst();
    assertThat(turned.getLastTransitionTime()).isEqualTo(Objects.time(clock.now()));
    assertThat(turned.getReason()).isEqualTo("InsufficientPods");
  }

  @Test
  void what_cannot_be_counted_allows_nothing_and_says_why() {
    PodDisruptionBudget budget = budget(null, new IntOrString(1));
    BudgetPlan.Observed seen = new BudgetPlan.Observed(budget, pods(1, 0), pods -> {
      throw new IllegalStateException("found no controllers for pod \"p0\"");
    }, clock.now());
    assertThatThrownBy(() -> BudgetPlan.of(seen)).hasMessage("found no controllers for pod \"p0\"");
    var status = BudgetPlan.failed(seen, "found no controllers for pod \"p0\"");
    assertThat(status.getDisruptionsAllowed()).isZero();
    assertThat(status.getConditions()).singleElement().satisfies(condition -> assertThat(condition.getReason()).isEqualTo("SyncFailed"));
  }
}
