package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.deployment.DeploymentPlan.Action;
import io.kubrig.operators.deployment.DeploymentPlan.Event;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.hash.Hashes;
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.ownership.Owned;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.pods.Pods;
import java.util.List;
import java.util.Optional;

/** Leads each deployment's replica sets to its template and its number of pods. */
public final class DeploymentController implements Controller {
  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<Deployment> deployments;
  private final Cached<ReplicaSet> sets;
  private final Cached<Pod> pods;
  private final Owned<ReplicaSet, Deployment> owned;

  /** A controller in a manager. */
  public DeploymentController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("deployment-controller");
    this.deployments = context.caches().of(Deployment.class);
    this.sets = context.caches().of(ReplicaSet.class);
    this.pods = context.caches().of(Pod.class);
    this.owned = new Owned<>(sets, deployments, deployment -> Selector.of(deployment.getSpec().getSelector()));
  }

  @Override
  public void watch(Queue queue) {
    deployments.onChange(deployment -> queue.add(Key.of(deployment)));
    owned.wake(queue);
    pods.watch(added -> { }, (before, after) -> {
      if (Pods.isFinished(after) && !Pods.isFinished(before)) {
        wakeRecreate(after, queue);
      }
    }, deleted -> wakeRecreate(deleted, queue));
  }

  /** A deployment that recreates waits for the end of pods. */
  private void wakeRecreate(Pod pod, Queue queue) {
    Objects.controllerOf(pod).filter(owner -> owner.getKind().equals("ReplicaSet"))
        .flatMap(owner -> sets.get(pod.getMetadata().getNamespace(), owner.getName()))
        .flatMap(set -> Objects.controllerOf(set).flatMap(owner -> deployments.get(pod.getMetadata().getNamespace(), owner.getName())))
        .filter(deployment -> !Surge.isRolling(deployment))
        .ifPresent(deployment -> queue.add(Key.of(deployment)));
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Deployment> found = deployments.get(key);
    return found.isEmpty() ? Outcome.DONE : reconcile(found.get());
  }

  private Outcome reconcile(Deployment deployment) {
    Selector selector = Selector.of(deployment.getSpec().getSelector());
    if (selector.isEmpty()) {
      return refuse(deployment);
    }
    List<ReplicaSet> claimed = new Claims<ReplicaSet>(api, deployment, selector, set -> true).claim(owned.candidates(deployment));
    DeploymentPlan plan = Rollout.plan(new DeploymentPlan.Observed(deployment, claimed, oldPodsRun(deployment, claimed), clock.now()));
    for (Action action : plan.actions()) {
      apply(action, deployment, plan.deployment());
    }
    boolean replaced = plan.actions().stream().anyMatch(Action.Replace.class::isInstance);
    boolean written = !replaced && updateStatus(deployment, plan.deployment());
    return written ? Outcome.DONE : plan.recheck().map(delay -> Outcome.after(delay, "progressDeadlineSeconds")).orElse(Outcome.DONE);
  }

  private Outcome refuse(Deployment deployment) {
    events.warning(deployment, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.");
    Long observed = DeploymentStatuses.of(deployment).getObservedGeneration();
    if (observed == null || observed < Objects.generation(deployment)) {
      Deployment copy = Objects.copy(deployment);
      copy.setStatus(DeploymentStatuses.of(copy));
      copy.getStatus().setObservedGeneration(Objects.generation(deployment));
      api.updateStatus(copy);
    }
    return Outcome.DONE;
  }

  private boolean oldPodsRun(Deployment deployment, List<ReplicaSet> claimed) {
    if (Surge.isRolling(deployment)) {
      return false;
    }
    return Sets.of(deployment, claimed).old().stream().flatMap(set -> pods.controlledBy(set.getMetadata().getUid()).stream())
        .anyMatch(pod -> !Pods.isFinished(pod));
  }

  private void apply(Action action, Deployment deployment, Deployment draft) {
    switch (action) {
      case Action.Create create -> create(create.set(), deployment, draft);
      case Action.Update update -> {
        api.update(update.set());
        update.event().ifPresent(event -> tell(deployment, event));
      }
      case Action.Delete delete -> forget(delete.set());
      case Action.Replace replace -> api.update(replace.deployment());
      case Action.Tell told -> tell(deployment, told.event());
    }
  }

  private void tell(Deployment deployment, Event event) {
    events.record(EventRecorder.reference(deployment), event.type(), event.reason(), event.message());
  }

  private void forget(ReplicaSet set) {
    try {
      api.delete(set);
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private void create(ReplicaSet set, Deployment deployment, Deployment draft) {
    try {
      ReplicaSet created = api.create(set);
      int replicas = Sets.replicas(set);
      if (replicas > 0) {
        tell(deployment, Event.scaled(created, 0, replicas));
      }
    } catch (RuntimeException e) {
      if (ApiErrors.isAlreadyExists(e)) {
        resolveCollision(set, deployment, e);
      } else if (!ApiErrors.isTerminating(e)) {
        reportFailure(set, deployment, draft, ApiErrors.message(e));
        throw e;
      } else {
        throw e;
      }
    }
  }

  /** The name is taken: by our own set that the cache does not know yet, or by another template of the same hash. */
  private void resolveCollision(ReplicaSet set, Deployment deployment, RuntimeException refusal) {
    Optional<ReplicaSet> live = api.live(ReplicaSet.class, set.getMetadata().getNamespace(), set.getMetadata().getName());
    boolean ours = live.filter(found -> Claims.controls(deployment, found)
        && Hashes.sameTemplate(found.getSpec().getTemplate(), deployment.getSpec().getTemplate())).isPresent();
    if (!ours) {
      Deployment copy = Objects.copy(deployment);
      copy.setStatus(DeploymentStatuses.of(copy));
      copy.getStatus().setCollisionCount(DeploymentStatuses.count(copy.getStatus().getCollisionCount()) + 1);
      api.updateStatus(copy);
    }
    throw refusal;
  }

  private void reportFailure(ReplicaSet set, Deployment deployment, Deployment draft, String reason) {
    String message = "Failed to create new replica set \"" + set.getMetadata().getName() + "\": " + reason;
    if (DeploymentStatuses.hasDeadline(deployment)) {
      Deployment copy = Objects.copy(deployment);
      copy.setStatus(DeploymentStatuses.of(copy));
      DeploymentStatuses.set(copy.getStatus(),
          DeploymentStatuses.condition(DeploymentStatuses.PROGRESSING, "False", "ReplicaSetCreateError", message, clock.now()));
      api.updateStatus(copy);
    }
    events.warning(draft, "ReplicaSetCreateError", message);
  }

  /** Writes status and revision annotation where they differ; the status subresource takes both. */
  private boolean updateStatus(Deployment deployment, Deployment draft) {
    boolean same = DeploymentStatuses.of(deployment).equals(draft.getStatus())
        && Objects.annotations(deployment).equals(Objects.annotations(draft));
    if (!same) {
      api.updateStatus(draft);
    }
    return !same;
  }
}
