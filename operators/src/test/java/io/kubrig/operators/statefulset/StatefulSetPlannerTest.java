package io.kubrig.operators.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.statefulset.StatefulSetPlan.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatefulSetPlannerTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Map<String, PersistentVolumeClaim> claims = new HashMap<>();
  private boolean forced;

  private static PodTemplateSpec template(String image) {
    return new PodTemplateSpecBuilder().withNewMetadata().addToLabels("app", "web").endMetadata()
        .withNewSpec().addNewContainer().withName("app").withImage(image).endContainer().endSpec().build();
  }

  private static StatefulSet set(int replicas) {
    return new StatefulSetBuilder().withNewMetadata().withName("web").withNamespace("ns").withUid("s").withGeneration(1L).endMetadata()
        .withNewSpec().withReplicas(replicas).withServiceName("web").withNewSelector().addToMatchLabels("app", "web").endSelector()
        .withNewUpdateStrategy().withType("RollingUpdate").withNewRollingUpdate().withPartition(0).endRollingUpdate().endUpdateStrategy()
        .withTemplate(template("i:1")).endSpec().build();
  }

  /** A pod as the set made it, of a revision, running. */
  private Pod pod(StatefulSet set, int ordinal, String revision, boolean ready) {
    Pod pod = Identity.create(set, template(revision.equals("old") ? "i:0" : "i:1"), revision, ordinal);
    pod.getMetadata().setUid("p" + ordinal);
    pod.getSpec().setNodeName("n");
    pod.setStatus(new io.fabric8.kubernetes.api.model.PodStatusBuilder().withPhase("Running").addNewCondition().withType("Ready")
        .withStatus(ready ? "True" : "False").withLastTransitionTime(Objects.time(clock.now())).endCondition().build());
    return pod;
  }

  private StatefulSetPlan plan(StatefulSet set, Pod... pods) {
    return StatefulSetPlanner.plan(new StatefulSetPlan.Observed(set, List.of(pods), claims,
        new StatefulSetPlan.Version("old", template("i:0")),
        new StatefulSetPlan.Version("new", template("i:1")), 0, false, forced, clock.now()));
  }

  private static List<String> words(StatefulSetPlan plan) {
    List<String> words = new ArrayList<>();
    for (Action action : plan.actions()) {
      words.add(switch (action) {
        case Action.Create create -> "create " + create.pod().getMetadata().getName() + " of " + Identity.revision(create.pod());
        case Action.Provide provide -> "provide " + provide.pod().getMetadata().getName();
        case Action.Own own -> "own claims of " + own.pod().getMetadata().getName();
        case Action.Repair repair -> "repair " + repair.pod().getMetadata().getName();
        case Action.GiveUp giveUp -> "give up " + giveUp.pod().getMetadata().getName() + " for " + giveUp.wanted();
        case Action.Delete delete -> "delete " + delete.pod().getMetadata().getName();
      });
    }
    return words;
  }

  @Test
  void an_ordered_set_makes_one_pod_at_a_time_and_waits_until_it_is_ready() {
    StatefulSet set = set(3);
    assertThat(words(plan(set))).containsExactly("create web-0 of new");
    assertThat(words(plan(set, pod(set, 0, "new", false)))).isEmpty();
    assertThat(words(plan(set, pod(set, 0, "new", true)))).containsExactly("create web-1 of new");
  }

  @Test
  void a_parallel_set_makes_all_pods_together() {
    StatefulSet set = set(3);
    set.getSpec().setPodManagementPolicy("Parallel");
    StatefulSetPlan plan = plan(set);
    assertThat(words(plan)).containsExactly("create web-0 of new", "create web-1 of new", "create web-2 of new");
    assertThat(plan.together()).isTrue();
  }

  @Test
  void a_parallel_set_updates_no_further_pod_while_it_makes_one_anew() {
    StatefulSet set = set(3);
    set.getSpec().setPodManagementPolicy("Parallel");
    assertThat(words(plan(set, pod(set, 0, "old", true), pod(set, 1, "old", true)))).containsExactly("create web-2 of new");
    assertThat(words(plan(set, pod(set, 0, "old", true), pod(set, 2, "new", true)))).containsExactly("create web-1 of new");
  }

  @Test
  void a_set_shrinks_from_the_highest_number_one_by_one() {
    StatefulSet set = set(1);
    Pod last = pod(set, 2, "new", true);
    assertThat(words(plan(set, pod(set, 0, "new", true), pod(set, 1, "new", true), last))).containsExactly("delete web-2");
    last.getMetadata().setDeletionTimestamp(Objects.time(clock.now()));
    assertThat(words(plan(set, pod(set, 0, "new", true), pod(set, 1, "new", true), last))).isEmpty();
  }

  @Test
  void an_update_begins_with_the_highest_number_and_stops_at_the_partition() {
    StatefulSet set = set(3);
    assertThat(words(plan(set, pod(set, 0, "old", true), pod(set, 1, "old", true), pod(set, 2, "old", true))))
        .containsExactly("delete web-2");
    assertThat(words(plan(set, pod(set, 0, "old", true), pod(set, 1, "old", true), pod(set, 2, "new", false)))).isEmpty();
    assertThat(words(plan(set, pod(set, 0, "old", true), pod(set, 1, "old", true), pod(set, 2, "new", true))))
        .containsExactly("delete web-1");
    set.getSpec().getUpdateStrategy().getRollingUpdate().setPartition(2);
    assertThat(words(plan(set, pod(set, 0, "old", true), pod(set, 1, "old", true), pod(set, 2, "new", true)))).isEmpty();
    assertThat(words(plan(set, pod(set, 0, "old", true), pod(set, 2, "new", true)))).containsExactly("create web-1 of old");
  }

  @Test
  void a_pod_of_a_broken_revision_is_waited_for_unless_its_user_asked_otherwise() {
    StatefulSet set = set(3);
    Pod[] pods = {pod(set, 0, "old", true), pod(set, 1, "old", true), pod(set, 2, "broken", false)};
    assertThat(words(plan(set, pods))).isEmpty();
    forced = true;
    assertThat(words(plan(set, pods))).containsExactly("give up web-2 for new");
    set.getSpec().getUpdateStrategy().getRollingUpdate().setPartition(3);
    assertThat(words(plan(set, pods))).containsExactly("give up web-2 for old");
  }

  @Test
  void a_first_revision_that_is_broken_is_given_up_too() {
    forced = true;
    assertThat(words(plan(set(3), pod(set(3), 0, "old", false)))).containsExactly("give up web-0 for new");
  }

  @Test
  void only_broken_pods_are_given_up_and_one_at_a_time() {
    forced = true;
    StatefulSet set = set(3);
    assertThat(words(plan(set, pod(set, 0, "new", false)))).as("the wanted revision").isEmpty();
    assertThat(words(plan(set, pod(set, 0, "old", false), pod(set, 1, "old", true), pod(set, 2, "new", false))))
        .as("another one on its way").isEmpty();
    Pod going = pod(set, 0, "old", false);
    going.getMetadata().setDeletionTimestamp(Objects.time(clock.now()));
    assertThat(words(plan(set, going))).as("one that goes already").isEmpty();
    set.getSpec().setMinReadySeconds(30);
    assertThat(words(plan(set, pod(set, 0, "old", true)))).as("one that is ready but not yet available").isEmpty();
    set.getSpec().setMinReadySeconds(0);
    set.getSpec().getUpdateStrategy().setType("OnDelete");
    assertThat(words(plan(set, pod(set, 0, "old", false)))).as("a set that its user updates").isEmpty();
  }

  @Test
  void a_pod_that_has_ended_is_deleted_before_it_is_made_again() {
    StatefulSet set = set(2);
    Pod failed = pod(set, 0, "new", false);
    failed.getStatus().setPhase("Failed");
    assertThat(words(plan(set, failed, pod(set, 1, "new", true)))).containsExactly("delete web-0");
  }

  @Test
  void a_ready_pod_counts_when_its_time_has_passed() {
    StatefulSet set = set(2);
    set.getSpec().setMinReadySeconds(30);
    Pod first = pod(set, 0, "new", true);
    StatefulSetPlan early = plan(set, first);
    assertThat(words(early)).isEmpty();
    assertThat(early.recheck()).contains(Duration.ofSeconds(30));
    assertThat(early.status().getAvailableReplicas()).isZero();
    clock.advance(Duration.ofSeconds(30));
    StatefulSetPlan late = plan(set, first);
    assertThat(words(late)).containsExactly("create web-1 of new");
    assertThat(late.status().getAvailableReplicas()).isEqualTo(1);
  }

  @Test
  void numbers_begin_where_the_set_says() {
    StatefulSet set = set(2);
    set.getSpec().setOrdinals(new io.fabric8.kubernetes.api.model.apps.StatefulSetOrdinals(5));
    assertThat(words(plan(set))).containsExactly("create web-5 of new");
    assertThat(words(plan(set, pod(set, 5, "new", true), pod(set, 6, "new", true), pod(set, 0, "new", true))))
        .containsExactly("delete web-0");
  }

  @Test
  void claims_come_before_their_pod_and_stay_when_they_are_there() {
    StatefulSet set = set(1);
    set.getSpec().setVolumeClaimTemplates(List.of(new io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder()
        .withNewMetadata().withName("data").endMetadata().withNewSpec().endSpec().build()));
    assertThat(plan(set).actions()).singleElement().isInstanceOfSatisfying(Action.Create.class, create -> {
      assertThat(create.claims()).extracting(claim -> claim.getMetadata().getName()).containsExactly("data-web-0");
      claims.put("data-web-0", create.claims().getFirst());
    });
    assertThat(plan(set).actions()).singleElement()
        .isInstanceOfSatisfying(Action.Create.class, create -> assertThat(create.claims()).isEmpty());
  }

  @Test
  void a_pod_waits_for_a_claim_that_is_about_to_go() {
    StatefulSet set = withClaims(1, null, null);
    claims.put("data-web-0", claim());
    claims.get("data-web-0").getMetadata().setDeletionTimestamp(Objects.time(clock.now()));
    assertThat(plan(set).actions()).singleElement()
        .isInstanceOfSatisfying(Action.Create.class, create -> assertThat(create.leaving()).containsExactly("data-web-0"));
  }

  private static StatefulSet withClaims(int replicas, String whenScaled, String whenDeleted) {
    StatefulSet set = set(replicas);
    set.getSpec().setVolumeClaimTemplates(List.of(new io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder()
        .withNewMetadata().withName("data").endMetadata().withNewSpec().endSpec().build()));
    set.getSpec().setPersistentVolumeClaimRetentionPolicy(
        new io.fabric8.kubernetes.api.model.apps.StatefulSetPersistentVolumeClaimRetentionPolicy(whenDeleted, whenScaled));
    return set;
  }

  private static PersistentVolumeClaim claim(io.fabric8.kubernetes.api.model.OwnerReference... owners) {
    return new io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder().withNewMetadata().withName("data-web-0").withNamespace("ns")
        .withOwnerReferences(owners).endMetadata().build();
  }

  private static io.fabric8.kubernetes.api.model.OwnerReference owner(String version, String kind, String name, String uid) {
    return new io.fabric8.kubernetes.api.model.OwnerReference(version, true, true, kind, name, uid);
  }

  @Test
  void the_claims_of_a_surplus_pod_become_its_own_without_a_word() {
    StatefulSet set = withClaims(0, "Delete", "Delete");
    claims.put("data-web-0", claim(owner("apps/v1", "StatefulSet", "web", "s")));
    assertThat(words(plan(set, pod(set, 0, "new", true)))).containsExactly("own claims of web-0", "delete web-0");
  }

  @Test
  void a_claim_that_another_controls_keeps_its_owners() {
    StatefulSet set = withClaims(1, "Retain", "Delete");
    Pod pod = pod(set, 0, "new", true);
    claims.put("data-web-0", claim(owner("example.test/v1", "Backup", "b", "other")));
    assertThat(PodClaims.toUpdate(set, pod, name -> Optional.ofNullable(claims.get(name)))).isEmpty();
    assertThat(PodClaims.foreign(set, pod, name -> Optional.ofNullable(claims.get(name)))).containsExactly("data-web-0");
    claims.put("data-web-0", claim(owner("apps/v1", "StatefulSet", "web", "an earlier set of that name")));
    assertThat(PodClaims.toUpdate(set, pod, name -> Optional.ofNullable(claims.get(name)))).isEmpty();
    claims.put("data-web-0", claim());
    assertThat(PodClaims.toUpdate(set, pod, name -> Optional.ofNullable(claims.get(name)))).singleElement()
        .satisfies(claim -> assertThat(claim.getMetadata().getOwnerReferences()).extracting(r -> r.getUid()).containsExactly("s"));
  }

  @Test
  void a_set_that_is_being_deleted_only_counts() {
    StatefulSet set = set(3);
    set.getMetadata().setDeletionTimestamp(Objects.time(clock.now()));
    StatefulSetPlan plan = plan(set, pod(set, 0, "new", true));
    assertThat(plan.actions()).isEmpty();
    assertThat(plan.status().getReplicas()).isEqualTo(1);
  }

  @Test
  void the_update_becomes_the_current_revision_when_all_pods_have_it() {
    StatefulSet set = set(2);
    assertThat(plan(set, pod(set, 0, "old", true), pod(set, 1, "new", true)).status().getCurrentRevision()).isEqualTo("old");
    var status = plan(set, pod(set, 0, "new", true), pod(set, 1, "new", true)).status();
    assertThat(status.getCurrentRevision()).isEqualTo("new");
    assertThat(status.getUpdatedReplicas()).isEqualTo(2);
  }
}
