package io.kubrig.scheduler.plugins.defaultpreemption;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.api.ClusterApi.StatusChange;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.events.EventRecorder.Note;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.model.Pod;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Evicts victims in the background and knows for which pods that is under way. Source: KEP-4832 asynchronous preemption. */
final class Evictions {
  private static final Logger LOG = LoggerFactory.getLogger(Evictions.class);

  private final PluginContext context;
  /** Belongs to the scheduling thread. */
  private final Set<String> underWay = new HashSet<>();

  Evictions(PluginContext context) {
    this.context = context;
  }

  boolean isUnderWay(Pod preemptor) {
    return underWay.contains(preemptor.uid());
  }

  /**
   * Begins to evict; pods that wait at Permit or PreBind are just turned down, and nothing is asked of those that are terminating.
   *
   * @return whether there was anybody to evict
   */
  boolean begin(Pod preemptor, List<Pod> all, String node) {
    List<Pod> victims = all.stream().filter(v -> !v.isTerminating()).toList();
    if (victims.isEmpty()) {
      return false;
    }
    context.metrics().preempted(all.size());
    context.state().preemptions().begun(context.clock().now(), preemptor, node, all);
    underWay.add(preemptor.uid());
    List<Pod> bound = new ArrayList<>();
    for (Pod victim : victims) {
      if (context.loop().rejectWaiting(victim.uid(), DefaultPreemption.NAME, "preempted")) {
        tell(preemptor, victim, node, " (in kube-scheduler memory).");
      } else {
        bound.add(victim);
      }
    }
    context.writer().submit("preempt-" + preemptor.uid(), () -> {
      boolean done = true;
      long start = context.clock().nanos();
      for (Pod victim : bound) {
        done &= evict(preemptor, victim, node);
      }
      boolean ok = done;
      context.metrics().evicted(ok, context.clock().nanos() - start);
      context.loop().post(() -> end(preemptor, ok));
    });
    return true;
  }

  private void end(Pod preemptor, boolean ok) {
    underWay.remove(preemptor.uid());
    if (ok) {
      context.loop().ungate(preemptor.uid());
    } else {
      context.loop().activate(preemptor.uid());
    }
  }

  private boolean evict(Pod preemptor, Pod victim, String node) {
    try {
      PodCondition c = new PodCondition();
      c.setType("DisruptionTarget");
      c.setStatus("True");
      c.setReason("PreemptionByScheduler");
      c.setMessage(preemptor.schedulerName() + ": preempting to accommodate a higher priority pod");
      c.setLastTransitionTime(context.clock().now().truncatedTo(ChronoUnit.SECONDS).toString());
      context.api().patchStatus(PodRef.of(victim), new StatusChange(c, null));
      context.api().delete(PodRef.of(victim));
    } catch (ClusterApiException e) {
      if (!e.isNotFound()) {
        LOG.error("Pod {} could not be preempted for {}: {}", victim.key(), preemptor.key(), e.getMessage());
        return false;
      }
      return true;
    }
    tell(preemptor, victim, node, "");
    return true;
  }

  /** The event names no related object: native's names none either. */
  private void tell(Pod preemptor, Pod victim, String node, String how) {
    context.events().record(victim, null,
        Note.normal("Preempted", "Preempting", "Preempted by pod " + preemptor.uid() + " on node " + node + how),
        preemptor.schedulerName());
  }
}
