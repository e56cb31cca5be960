package io.kubrig.scheduler.plugins.defaultpreemption;

import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.api.ClusterApi.StatusChange;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.Extender.Victims;
import io.kubrig.scheduler.extender.ExtenderException;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.FitError;
import io.kubrig.scheduler.framework.NodeStatuses;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PreEnqueuePlugin;
import io.kubrig.scheduler.framework.Preemptor;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes room for a pod by evicting pods of lower priority, where that hurts least. */
public final class DefaultPreemption implements Preemptor, PreEnqueuePlugin, EnqueueExtensions {
  static final String NAME = "DefaultPreemption";
  private static final Logger LOG = LoggerFactory.getLogger(DefaultPreemption.class);
  private static final Status NOT_HELPFUL = Status.unresolvable("Preemption is not helpful for scheduling");

  private final PluginContext context;
  private final Profile profile;
  private final Evictions evictions;
  private final VictimSearch victims;
  private final int minPercentage;
  private final int minAbsolute;

  public DefaultPreemption(ConfigNode args, PluginContext context, Profile profile) {
    this.context = context;
    this.profile = profile;
    this.evictions = new Evictions(context);
    this.victims = new VictimSearch(context.state(), profile);
    this.minPercentage = args.integer("minCandidateNodesPercentage", 10);
    this.minAbsolute = args.integer("minCandidateNodesAbsolute", 100);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Status preEnqueue(Pod pod) {
    return evictions.isUnderWay(pod) ? Status.unresolvable("waiting for the preemption for this pod to be finished") : Status.SUCCESS;
  }

  @Override
  public List<Registration> events() {
    return List.of(Registration.of(EventKind.of(EventKind.Subject.ASSIGNED_POD, EventKind.Action.DELETE)));
  }

  @Override
  public Result postFilter(CycleState state, Pod pod, NodeStatuses statuses) {
    context.metrics().preemptionTried();
    Result r = preempt(state, pod, statuses);
    return r.status().reasons().isEmpty() ? r
        : new Result(new Status(r.status().code(), List.of("preemption: " + r.status().message()), ""), r.nomination());
  }

  private Result preempt(CycleState state, Pod pod, NodeStatuses statuses) {
    Optional<String> whyNot = notEligible(pod, statuses);
    if (whyNot.isPresent()) {
      return Result.of(Status.unschedulable(whyNot.get()));
    }
    FitError why = new FitError(context.state().nodes().size());
    why.statuses().setAbsent(NOT_HELPFUL);
    List<NodeInfo> potential = statuses.having(Code.UNSCHEDULABLE, context.state().nodes());
    List<Candidate> candidates = potential.isEmpty() ? List.of()
        : candidates(victims.round(state, pod), potential, context.random().nextInt(potential.size()), why);
    if (candidates.isEmpty()) {
      return new Result(Status.unschedulable(why.message()), Optional.of(Nomination.NONE));
    }
    try {
      candidates = askExtenders(pod, candidates);
    } catch (ExtenderException e) {
      return Result.of(Status.error(e.getMessage()));
    }
    Optional<Candidate> best = Candidate.best(candidates);
    if (best.isEmpty()) {
      return Result.of(Status.unschedulable("no candidate node for preemption"));
    }
    String node = best.get().node();
    if (evictions.begin(pod, best.get().victims().pods(), node)) {
      dropLesserNominations(pod, node);
    }
    return new Result(Status.SUCCESS, Optional.of(new Nomination(node)));
  }

  @Override
  public Preview preview(CycleState state, Pod pod, NodeStatuses statuses, int mostNodes) {
    Optional<String> whyNot = notEligible(pod, statuses);
    if (whyNot.isPresent()) {
      return Preview.nobody(whyNot.get());
    }
    FitError why = new FitError(context.state().nodes().size());
    why.statuses().setAbsent(NOT_HELPFUL);
    List<NodeInfo> potential = statuses.having(Code.UNSCHEDULABLE, context.state().nodes());
    List<NodeInfo> tried = potential.subList(0, Math.min(mostNodes, potential.size()));
    VictimSearch.Round round = new VictimSearch(context.state(), profile, false).round(state, pod);
    return Candidate.best(tried.isEmpty() ? List.of() : candidates(round, tried, 0, why))
        .map(c -> new Preview(c.node(), c.victims().pods(), c.victims().budgetViolations(), ""))
        .orElseGet(() -> Preview.nobody(why.message()));
  }

  /** Why the pod may not evict others now. */
  private Optional<String> notEligible(Pod pod, NodeStatuses statuses) {
    if (pod.spec().order().neverPreempts()) {
      return Optional.of("not eligible due to preemptionPolicy=Never.");
    }
    Optional<String> nominated = pod.nominatedNode().or(() -> context.state().nominations().node(pod));
    if (nominated.isEmpty() || statuses.of(nominated.get()).code() == Code.UNRESOLVABLE) {
      return Optional.empty();
    }
    boolean waiting = context.state().node(nominated.get()).stream().flatMap(n -> n.pods().stream())
        .anyMatch(p -> p.isTerminating() && p.priority() < pod.priority() && p.state().disrupted());
    return waiting ? Optional.of("not eligible due to a terminating pod on the nominated node.") : Optional.empty();
  }

  /** Tries out nodes, from one on, until enough good ones are found; notes in {@code why} what is wrong with the others. */
  private List<Candidate> candidates(VictimSearch.Round round, List<NodeInfo> potential, int offset, FitError why) {
    int size = potential.size();
    int wanted = Math.min(size, Math.max(size * minPercentage / 100, minAbsolute));
    List<Candidate> out = new ArrayList<>();
    boolean withoutViolation = false;
    for (int i = 0; i < size && !(withoutViolation && out.size() >= wanted); i++) {
      NodeInfo node = potential.get((offset + i) % size);
      switch (round.on(node)) {
        case VictimSearch.Outcome.Fits f -> {
          out.add(f.candidate());
          withoutViolation |= f.candidate().victims().budgetViolations() == 0;
        }
        case VictimSearch.Outcome.Not n -> why.statuses().put(node.name(), n.status());
      }
    }
    return out;
  }

  private List<Candidate> askExtenders(Pod pod, List<Candidate> candidates) throws ExtenderException {
    List<Extender> asked = profile.extenders().stream().filter(e -> e.preempts() && e.isInterested(pod)).toList();
    if (asked.isEmpty()) {
      return candidates;
    }
    Map<String, Victims> left = new LinkedHashMap<>();
    candidates.forEach(c -> left.put(c.node(), c.victims()));
    for (Extender e : asked) {
      try {
        Map<String, Victims> kept = e.preempt(pod, left);
        left.keySet().retainAll(kept.keySet());
        left.putAll(kept);
      } catch (ExtenderException x) {
        if (!e.isIgnorable()) {
          throw x;
        }
        LOG.info("Skipping extender {} as it returned an error and has ignorable flag set: {}", e.name(), x.getMessage());
      }
      if (left.isEmpty()) {
        break;
      }
    }
    return left.entrySet().stream().map(e -> Candidate.of(e.getKey(), e.getValue())).toList();
  }

  /** Pods of lower priority that were promised the node must look for another. */
  private void dropLesserNominations(Pod pod, String node) {
    for (Pod other : List.copyOf(context.state().nominations().on(node))) {
      if (other.priority() < pod.priority()) {
        context.state().nominations().remove(other);
        context.writer().submit(other.uid(), () -> {
          try {
            context.api().patchStatus(PodRef.of(other), new StatusChange(null, ""));
          } catch (ClusterApiException e) {
            LOG.debug("The nomination of pod {} could not be taken away: {}", other.key(), e.getMessage());
          }
        });
        context.loop().activate(other.uid());
      }
    }
  }
}
