package io.kubrig.scheduler.cycle;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.scheduling.v1alpha2.PodGroup;
import io.fabric8.kubernetes.api.model.scheduling.v1alpha2.PodGroupBuilder;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the status of a pod group what became of the last attempt, in the background and only when it says something new. A group
 * that was scheduled once stays so, whatever becomes of pods that come later. Source: KEP-4671.
 */
final class GroupStatuses {
  private static final String TYPE = "PodGroupScheduled";
  private static final int TRIES = 3;
  private static final Logger LOG = LoggerFactory.getLogger(GroupStatuses.class);

  private final ClusterState state;
  private final ClusterApi api;
  private final SerialWriter writer;
  private final Clock clock;

  GroupStatuses(ClusterState state, ClusterApi api, SerialWriter writer, Clock clock) {
    this.state = state;
    this.api = api;
    this.writer = writer;
    this.clock = clock;
  }

  /** Says what became of an attempt to schedule the group of a pod. */
  void write(Pod member, GroupCycle.Result result) {
    Optional<PodGroup> group = state.objects().of(PodGroup.class).find(member.namespace(), member.spec().order().group());
    if (group.isEmpty()) {
      LOG.debug("Pod group {}/{} is gone before its status was written", member.namespace(), member.spec().order().group());
      return;
    }
    Condition wanted = new ConditionBuilder().withType(TYPE).withStatus(result.outcome() == GroupCycle.Outcome.SCHEDULED ? "True" : "False")
        .withReason(reason(result.outcome())).withMessage(result.message()).build();
    if (with(group.get(), wanted).isPresent()) {
      writer.submit("podgroup-" + member.namespace() + "/" + group.get().getMetadata().getName(), () -> write(group.get(), wanted));
    }
  }

  private static String reason(GroupCycle.Outcome outcome) {
    return switch (outcome) {
      case SCHEDULED -> "Scheduled";
      case UNSCHEDULABLE, WAITING_ON_PREEMPTION -> "Unschedulable";
      case ERROR -> "SchedulerError";
    };
  }

  /** The group with a condition; empty when it has it already, or a better one. */
  private Optional<PodGroup> with(PodGroup group, Condition wanted) {
    List<Condition> all = new ArrayList<>(group.getStatus() == null ? List.of() : group.getStatus().getConditions());
    Condition known = all.stream().filter(c -> c.getType().equals(TYPE)).findFirst().orElse(null);
    boolean sameStatus = known != null && known.getStatus().equals(wanted.getStatus());
    if (known != null && known.getStatus().equals("True") && !sameStatus) {
      return Optional.empty();
    }
    Condition next = new ConditionBuilder(wanted).withObservedGeneration(group.getMetadata().getGeneration())
        .withLastTransitionTime(sameStatus ? known.getLastTransitionTime() : clock.now().truncatedTo(ChronoUnit.SECONDS).toString())
            .build();
    if (sameStatus && next.getReason().equals(known.getReason()) && Objects.equals(next.getMessage(), known.getMessage())
        && Objects.equals(next.getObservedGeneration(), known.getObservedGeneration())) {
      return Optional.empty();
    }
    if (known == null) {
      all.add(next);
    } else {
      all.set(all.indexOf(known), next);
    }
    return Optional.of(new PodGroupBuilder(group).editOrNewStatus().withConditions(all).endStatus().build());
  }

  private void write(PodGroup group, Condition wanted) {
    PodGroup now = group;
    for (int i = 0; i < TRIES && now != null; i++) {
      Optional<PodGroup> next = with(now, wanted);
      if (next.isEmpty()) {
        return;
      }
      try {
        api.replaceStatus(next.get());
        return;
      } catch (ClusterApiException e) {
        if (!e.isConflict()) {
          LOG.error("The status of pod group {}/{} could not be updated: {}", group.getMetadata().getNamespace(),
              group.getMetadata().getName(), e.getMessage());
          return;
        }
      }
      now = api.read(PodGroup.class, group.getMetadata().getNamespace(), group.getMetadata().getName());
    }
  }
}
