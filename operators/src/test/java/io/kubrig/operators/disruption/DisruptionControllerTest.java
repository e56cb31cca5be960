package io.kubrig.operators.disruption;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisruptionControllerTest {
  private static final Pod POD = new PodBuilder().withNewMetadata().withName("p").withNamespace("ns").endMetadata().build();

  private static PodDisruptionBudget budget(String name) {
    return new PodDisruptionBudgetBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  @Test
  void a_pod_of_several_budgets_hears_of_one_of_them() {
    assertThat(DisruptionController.several(POD, List.of(budget("b"), budget("c"))))
        .contains("Pod \"ns\"/\"p\" matches multiple PodDisruptionBudgets.  Chose \"b\" arbitrarily.");
  }

  @Test
  void a_pod_of_one_budget_or_none_hears_nothing() {
    assertThat(DisruptionController.several(POD, List.of(budget("b")))).isEmpty();
    assertThat(DisruptionController.several(POD, List.of())).isEmpty();
  }
}
