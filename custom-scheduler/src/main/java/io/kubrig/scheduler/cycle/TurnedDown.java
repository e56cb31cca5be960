package io.kubrig.scheduler.cycle;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.events.EventRecorder;
import io.kubrig.scheduler.events.EventRecorder.Note;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices pods that a kubelet turns down on the node this scheduler has chosen (OutOfcpu and the like): the scheduler's picture of the
 * node was wrong, which its administrator should hear of. What the pod would have taken is free again at once.
 *
 * <p>Finished pods are not watched. So a pod that leaves its node soon after it was bound, without having been deleted, is looked up.
 * Belongs to the scheduling thread but for the looking up.
 */
final class TurnedDown {
  static final String REASON = "TurnedDownByNode";
  private static final Logger LOG = LoggerFactory.getLogger(TurnedDown.class);
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final int REMEMBERED = 10_000;
  private static final Set<String> OTHERS = Set.of("NodeAffinity", "NodeName", "NodePorts", "TaintToleration", "UnexpectedAdmissionError",
      "TopologyAffinityError");

  private final ClusterApi api;
  private final SerialWriter writer;
  private final EventRecorder events;
  private final SchedulerMetrics metrics;
  private final Clock clock;
  /** When pods were bound, by uid, the first first. */
  private final Map<String, Instant> bound = new LinkedHashMap<>();

  TurnedDown(ClusterApi api, SerialWriter writer, EventRecorder events, SchedulerMetrics metrics, Clock clock) {
    this.api = api;
    this.writer = writer;
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** This scheduler has bound a pod. */
  void bound(Pod pod) {
    Instant now = clock.now();
    bound.put(pod.uid(), now);
    Iterator<Instant> first = bound.values().iterator();
    while (first.hasNext()) {
      boolean isOld = first.next().plus(SOON).isBefore(now);
      if (!isOld && bound.size() <= REMEMBERED) {
        return;
      }
      first.remove();
    }
  }

  /** A pod is not on its node any more. */
  void left(Pod pod) {
    if (bound.remove(pod.uid()) != null && !pod.isTerminating()) {
      writer.submit(pod.uid(), () -> lookUp(pod));
    }
  }

  private void lookUp(Pod pod) {
    try {
      io.fabric8.kubernetes.api.model.Pod now = api.read(io.fabric8.kubernetes.api.model.Pod.class, pod.namespace(), pod.name());
      if (now != null && now.getMetadata().getUid().equals(pod.uid()) && "Failed".equals(now.getStatus().getPhase())) {
        String reason = String.valueOf(now.getStatus().getReason());
        if (reason.startsWith("OutOf") || OTHERS.contains(reason)) {
          tell(pod, reason, String.valueOf(now.getStatus().getMessage()));
        }
      }
    } catch (ClusterApiException e) {
      LOG.debug("What became of pod {} is not known: {}", pod.key(), e.getMessage());
    }
  }

  private void tell(Pod pod, String reason, String message) {
    String node = pod.state().nodeName();
    LOG.warn("Pod {} was turned down by node {}: {}: {}", pod.key(), node, reason, message);
    metrics.turnedDown(reason);
    events.record(pod, null, Note.warning(REASON, "Scheduling", "node " + node + " turned the pod down, " + reason + ": " + message),
        pod.schedulerName());
  }
}
