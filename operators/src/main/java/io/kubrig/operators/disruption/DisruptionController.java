package io.kubrig.operators.disruption;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.ownership.SelectorText;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps the status of each budget, and takes the mark off pods that were to be disrupted and never were. */
public final class DisruptionController implements Controller {
  private static final String MARK = "DisruptionTarget";
  private static final String STALE = "pod/";
  private static final Duration STALE_AFTER = Duration.ofMinutes(2);

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<PodDisruptionBudget> budgets;
  private final Cached<Pod> pods;
  private final Scales scales;

  /** A controller in a manager. */
  public DisruptionController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("controllermanager");
    this.budgets = context.caches().of(PodDisruptionBudget.class);
    this.pods = context.caches().of(Pod.class);
    this.scales = new Scales(api, context.caches());
  }

  @Override
  public void watch(Queue queue) {
    budgets.onChange(budget -> queue.add(Key.of(budget)));
    pods.watch(added -> wake(added, queue), (before, after) -> {
      if (!Objects.labels(before).equals(Objects.labels(after))) {
        wakeBudgets(before, queue);
      }
      wake(after, queue);
    }, deleted -> tellOfSeveral(deleted, wakeBudgets(deleted, queue)));
  }

  private void wake(Pod pod, Queue queue) {
    tellOfSeveral(pod, wakeBudgets(pod, queue));
    staleAt(pod).ifPresent(time -> queue.addAfter(
        new Key(pod.getMetadata().getNamespace(), STALE + pod.getMetadata().getName()), Duration.between(clock.now(), time)));
  }

  private List<PodDisruptionBudget> wakeBudgets(Pod pod, Queue queue) {
    List<PodDisruptionBudget> selecting =
        budgets.inNamespace(pod.getMetadata().getNamespace()).stream().filter(budget -> selects(budget, pod)).toList();
    selecting.forEach(budget -> queue.add(Key.of(budget)));
    return selecting;
  }

  private void tellOfSeveral(Pod pod, List<PodDisruptionBudget> selecting) {
    several(pod, selecting).ifPresent(message -> events.warning(pod, "MultiplePodDisruptionBudgets", message));
  }

  /** A pod of several budgets cannot be evicted; its users hear of it in words that name one of the budgets. All of them are kept here. */
  static Optional<String> several(Pod pod, List<PodDisruptionBudget> selecting) {
    return selecting.size() < 2 ? Optional.empty()
        : Optional.of("Pod \"" + pod.getMetadata().getNamespace() + "\"/\"" + pod.getMetadata().getName()
            + "\" matches multiple PodDisruptionBudgets.  Chose \"" + selecting.getFirst().getMetadata().getName() + "\" arbitrarily.");
  }

  private static boolean selects(PodDisruptionBudget budget, Pod pod) {
    try {
      return Selector.of(budget.getSpec().getSelector()).matches(pod.getMetadata().getLabels());
    } catch (RuntimeException e) {
      // the budget's own reconcile reports what is wrong with it
      return false;
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    if (key.name().startsWith(STALE)) {
      return pods.get(key.namespace(), key.name().substring(STALE.length())).map(this::unmark).orElse(Outcome.DONE);
    }
    return budgets.get(key).map(this::reconcile).orElse(Outcome.DONE);
  }

  private Outcome reconcile(PodDisruptionBudget budget) {
    List<Pod> selected = pods.inNamespace(budget.getMetadata().getNamespace()).stream().filter(pod -> selects(budget, pod)).toList();
    if (selected.isEmpty()) {
      events.normal(budget, "NoPods", "No matching pods found");
    }
    BudgetPlan.Observed seen = new BudgetPlan.Observed(budget, selected, scales::of, clock.now());
    BudgetPlan plan;
    try {
      plan = BudgetPlan.of(seen);
    } catch (IllegalStateException | IllegalArgumentException e) {
      String message = "Failed to calculate the number of expected pods: " + e.getMessage();
      events.warning(budget, "CalculateExpectedPodCountFailed", message);
      updateStatus(budget, BudgetPlan.failed(seen, e.getMessage()));
      return Outcome.DONE;
    }
    if (BudgetPlan.needsScale(budget) && selected.stream().anyMatch(pod -> Objects.controllerOf(pod).isEmpty())) {
      events.warning(budget, "UnmanagedPods", "Pods selected by this PodDisruptionBudget (selector: "
          + SelectorText.of(budget.getSpec().getSelector()) + ") were found to be unmanaged. As a result, the status of the PDB cannot be"
          + " calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\""
          + " field of the PDB to an integer value.");
    }
    String name = budget.getMetadata().getNamespace() + "/" + budget.getMetadata().getName();
    plan.undeleted().forEach(pod -> events.warning(pod, "NotDeleted", "Pod was expected by PDB " + name + " to be deleted but it wasn't"));
    updateStatus(budget, plan.status());
    return plan.recheck().map(Outcome::after).orElse(Outcome.DONE);
  }

  private void updateStatus(PodDisruptionBudget budget, PodDisruptionBudgetStatus status) {
    if (!status.equals(budget.getStatus())) {
      PodDisruptionBudget copy = Objects.copy(budget);
      copy.setStatus(status);
      api.updateStatus(copy);
    }
  }

  /** When a pod's mark is stale; empty for a pod without one, or whose mark never is. */
  private static Optional<Instant> staleAt(Pod pod) {
    Optional<PodCondition> mark = Pods.condition(pod, MARK)
        .filter(c -> "True".equals(c.getStatus()) && !"TerminationByKubelet".equals(c.getReason()));
    return Objects.isTerminating(pod) || Pods.isFinished(pod) ? Optional.empty()
        : mark.flatMap(c -> Objects.time(c.getLastTransitionTime())).map(since -> since.plus(STALE_AFTER));
  }

  private Outcome unmark(Pod pod) {
    Optional<Instant> stale = staleAt(pod);
    if (stale.isEmpty()) {
      return Outcome.DONE;
    }
    Duration left = Duration.between(clock.now(), stale.get());
    if (left.isPositive()) {
      return Outcome.after(left);
    }
    Map<String, Object> mark = new LinkedHashMap<>();
    mark.put("type", MARK);
    mark.put("status", "False");
    mark.put("lastTransitionTime", Objects.time(clock.now()));
    mark.put("reason", null);
    mark.put("message", null);
    api.patch(pod, "status", PatchType.STRATEGIC_MERGE,
        Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()), "status", Map.of("conditions", List.of(mark))));
    return Outcome.DONE;
  }
}
