package io.kubrig.scheduler.cycle;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.api.ClusterApi.StatusChange;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.model.Pod;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what pods' statuses say about scheduling, in the background and only when it says something new. */
final class PodStatuses {
  private static final Logger LOG = LoggerFactory.getLogger(PodStatuses.class);

  private final ClusterApi api;
  private final SerialWriter writer;
  private final Clock clock;

  PodStatuses(ClusterApi api, SerialWriter writer, Clock clock) {
    this.api = api;
    this.writer = writer;
    this.clock = clock;
  }

  /** Says that the pod is not scheduled, and why; {@code nominatedNode} as in {@link StatusChange}. */
  void notScheduled(Pod pod, String reason, String message, String nominatedNode) {
    PodCondition c = new PodCondition();
    c.setType("PodScheduled");
    c.setStatus("False");
    c.setReason(reason);
    c.setMessage(message);
    c.setObservedGeneration(pod.source() == null ? null : pod.source().getMetadata().getGeneration());
    PodCondition known = condition(pod);
    boolean sameStatus = known != null && "False".equals(known.getStatus());
    c.setLastTransitionTime(sameStatus ? known.getLastTransitionTime() : clock.now().truncatedTo(ChronoUnit.SECONDS).toString());
    boolean same = sameStatus && reason.equals(known.getReason()) && message.equals(known.getMessage());
    write(pod, same ? null : c, nominatedNode);
  }

  /** Says which node the pod is about to get. */
  void nominated(Pod pod, String node) {
    write(pod, null, node);
  }

  private void write(Pod pod, PodCondition condition, String nominatedNode) {
    String nomination = nominatedNode != null && nominatedNode.equals(pod.nominatedNode().orElse("")) ? null : nominatedNode;
    if (condition == null && nomination == null) {
      return;
    }
    writer.submit(pod.uid(), () -> {
      try {
        api.patchStatus(PodRef.of(pod), new StatusChange(condition, nomination));
      } catch (ClusterApiException e) {
        if (!e.isNotFound()) {
          LOG.warn("The status of pod {} could not be updated: {}", pod.key(), e.getMessage());
        }
      }
    });
  }

  private static PodCondition condition(Pod pod) {
    if (pod.source() == null || pod.source().getStatus() == null) {
      return null;
    }
    return pod.source().getStatus().getConditions().stream().filter(c -> c.getType().equals("PodScheduled")).findFirst().orElse(null);
  }
}
