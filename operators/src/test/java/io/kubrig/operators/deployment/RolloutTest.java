package io.kubrig.operators.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RolloutTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

  private static Deployment deployment(int replicas, String image, IntOrString surge, IntOrString unavailable) {
    return new DeploymentBuilder().withNewMetadata().withName("web").withNamespace("ns").withUid("d").withGeneration(1L).endMetadata()
        .withNewSpec().withReplicas(replicas).withProgressDeadlineSeconds(600).withRevisionHistoryLimit(10)
        .withNewSelector().addToMatchLabels("app", "web").endSelector()
        .withNewStrategy().withType("RollingUpdate").withNewRollingUpdate().withMaxSurge(surge).withMaxUnavailable(unavailable)
            .endRollingUpdate().endStrategy()
        .withNewTemplate().withNewMetadata().addToLabels("app", "web").endMetadata()
        .withNewSpec().addNewContainer().withName("app").withImage(image).endContainer().endSpec().endTemplate().endSpec().build();
  }

  private static ReplicaSet set(Deployment of, String name, int replicas, int available, String revision) {
    return new ReplicaSetBuilder().withNewMetadata().withName(name).withNamespace("ns").withUid(name)
        .withCreationTimestamp("2026-01-01T00:00:0" + revision + "Z")
        .withAnnotations(Map.of(Revisions.REVISION, revision, Revisions.DESIRED, of.getSpec().getReplicas().toString(), Revisions.MAX, "5"))
            .endMetadata()
        .withNewSpec().withReplicas(replicas).withMinReadySeconds(0).withTemplate(of.getSpec().getTemplate()).endSpec()
        .withNewStatus().withReplicas(replicas).withReadyReplicas(available).withAvailableReplicas(available).endStatus().build();
  }

  private static DeploymentPlan plan(Deployment deployment, ReplicaSet... sets) {
    return Rollout.plan(new DeploymentPlan.Observed(deployment, List.of(sets), false, NOW));
  }

  @Test
  void a_new_deployment_makes_its_set_at_full_size() {
    DeploymentPlan plan = plan(deployment(3, "i:1", new IntOrString("25%"), new IntOrString("25%")));
    assertThat(plan.actions()).hasSize(1);
    ReplicaSet made = ((DeploymentPlan.Action.Create) plan.actions().getFirst()).set();
    assertThat(made.getSpec().getReplicas()).isEqualTo(3);
    assertThat(made.getMetadata().getAnnotations()).containsEntry(Revisions.REVISION, "1").containsEntry(Revisions.DESIRED, "3")
        .containsEntry(Revisions.MAX, "4");
    assertThat(plan.deployment().getMetadata().getAnnotations()).containsEntry(Revisions.REVISION, "1");
  }

  @Test
  void a_new_template_begins_with_the_surge() {
    Deployment old = deployment(4, "i:1", new IntOrString(1), new IntOrString(0));
    DeploymentPlan plan = plan(deployment(4, "i:2", new IntOrString(1), new IntOrString(0)), set(old, "old", 4, 4, "1"));
    ReplicaSet made = ((DeploymentPlan.Action.Create) plan.actions().getFirst()).set();
    assertThat(made.getSpec().getReplicas()).isEqualTo(1);
    assertThat(made.getMetadata().getAnnotations()).containsEntry(Revisions.REVISION, "2");
  }

  @Test
  void an_old_set_shrinks_only_as_far_as_enough_pods_are_available() {
    Deployment old = deployment(4, "i:1", new IntOrString(1), new IntOrString(0));
    Deployment now = deployment(4, "i:2", new IntOrString(1), new IntOrString(0));
    assertThat(plan(now, set(old, "old", 4, 4, "1"), set(now, "new", 1, 0, "2")).actions()).isEmpty();
    DeploymentPlan plan = plan(now, set(old, "old", 4, 4, "1"), set(now, "new", 1, 1, "2"));
    assertThat(plan.actions()).singleElement().isInstanceOfSatisfying(DeploymentPlan.Action.Update.class, update -> {
      assertThat(update.set().getSpec().getReplicas()).isEqualTo(3);
      assertThat(update.event().orElseThrow().message()).isEqualTo("Scaled down replica set old from 4 to 3");
    });
  }

  @Test
  void pods_that_an_old_set_has_yet_to_give_up_are_not_counted_upon() {
    Deployment old = deployment(4, "i:1", new IntOrString(1), new IntOrString(1));
    Deployment now = deployment(4, "i:2", new IntOrString(1), new IntOrString(1));
    ReplicaSet shrinking = set(old, "old", 3, 3, "1");
    shrinking.getSpec().setReplicas(2);

    DeploymentPlan plan = plan(now, shrinking, set(now, "new", 3, 2, "2"));

    assertThat(plan.actions()).singleElement().isInstanceOfSatisfying(DeploymentPlan.Action.Update.class,
        update -> assertThat(update.set().getSpec().getReplicas()).as("two new and one old are the three that have to be available")
            .isEqualTo(1));
  }

  @Test
  void a_resized_deployment_grows_its_sets_in_proportion() {
    Deployment old = deployment(10, "i:1", new IntOrString(3), new IntOrString(2));
    Deployment now = deployment(15, "i:2", new IntOrString(3), new IntOrString(2));
    ReplicaSet first = set(old, "old", 8, 8, "1");
    ReplicaSet second = set(now, "new", 5, 0, "2");
    first.getMetadata().getAnnotations().putAll(Map.of(Revisions.DESIRED, "10", Revisions.MAX, "13"));
    second.getMetadata().getAnnotations().putAll(Map.of(Revisions.DESIRED, "10", Revisions.MAX, "13"));
    assertThat(plan(now, first, second).actions())
        .extracting(action -> ((DeploymentPlan.Action.Update) action).set().getSpec().getReplicas())
        .containsExactly(11, 7);
  }

  @Test
  void a_set_of_the_right_size_is_not_written_because_the_deployment_no_longer_rolls() {
    Deployment now = deployment(4, "i:1", new IntOrString(1), new IntOrString(0));
    now.getSpec().getStrategy().setType("Recreate");
    now.getSpec().getStrategy().setRollingUpdate(null);

    assertThat(plan(now, set(now, "web", 4, 4, "1")).actions()).as("its annotation still tells of the surge").isEmpty();
  }
}
