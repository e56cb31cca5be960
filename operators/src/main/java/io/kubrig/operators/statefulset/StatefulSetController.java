package io.kubrig.operators.statefulset;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Batches;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.history.RevisionHistory;
import io.kubrig.operators.optin.OptIn;
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.ownership.Owned;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.statefulset.StatefulSetPlan.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the numbered pods of each set, their claims and their revisions. */
public final class StatefulSetController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(StatefulSetController.class);

  private static final String FORCED = "kubrig.io/forced-rollback";
  private static final String UPDATE = "Update";
  private static final int STATUS_TRIES = 5;

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<StatefulSet> sets;
  private final Cached<PersistentVolumeClaim> claims;
  private final Owned<Pod, StatefulSet> owned;
  private final RevisionHistory history;
  private final boolean maxUnavailable;
  private final OptIn<Boolean> forced;

  /** A controller in a manager. */
  public StatefulSetController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("statefulset-controller");
    this.sets = context.caches().of(StatefulSet.class);
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.owned = new Owned<>(context.caches().of(Pod.class), sets, set -> Selector.of(set.getSpec().getSelector()));
    this.history = new RevisionHistory(api, context.caches().of(ControllerRevision.class));
    this.maxUnavailable = context.options().feature("MaxUnavailableStatefulSet", false);
    this.forced = OptIn.truth(FORCED, events);
  }

  @Override
  public void watch(Queue queue) {
    sets.onChange(set -> queue.add(Key.of(set)));
    owned.wake(queue);
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    Optional<StatefulSet> set = sets.get(key);
    if (set.isEmpty()) {
      forced.forget(key);
      return Outcome.DONE;
    }
    return reconcile(set.get());
  }

  private Outcome reconcile(StatefulSet set) throws InterruptedException {
    Selector selector;
    try {
      selector = Selector.of(set.getSpec().getSelector());
    } catch (IllegalArgumentException e) {
      LOG.error("StatefulSet {} has a bad selector: {}", Key.of(set), e.getMessage());
      return Outcome.DONE;
    }
    List<ControllerRevision> known = history.of(set, selector);
    List<Pod> pods = new Claims<Pod>(api, set, selector, pod -> true)
        .claim(owned.candidates(set).stream().filter(pod -> Identity.isMember(set, pod)).toList());
    SetRevisions revisions = SetRevisions.sync(history, set, known);
    StatefulSetPlan plan = StatefulSetPlanner.plan(observe(set, pods, revisions));
    Optional<RuntimeException> failure = apply(set, plan);
    updateStatus(set, plan.status());
    if (failure.isPresent() && failure.get() instanceof ClaimException trouble) {
      LOG.debug("StatefulSet {}: {}", Key.of(set), trouble.getMessage());
      return Outcome.RETRY;
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
    revisions.superfluous(set, pods, known).forEach(history::delete);
    return plan.recheck().map(delay -> Outcome.after(delay, "minReadySeconds")).orElse(Outcome.DONE);
  }

  private StatefulSetPlan.Observed observe(StatefulSet set, List<Pod> pods, SetRevisions revisions) {
    Map<String, PersistentVolumeClaim> found = new HashMap<>();
    if (!Objects.orEmpty(set.getSpec().getVolumeClaimTemplates()).isEmpty()) {
      claims.inNamespace(set.getMetadata().getNamespace()).forEach(claim -> found.put(claim.getMetadata().getName(), claim));
    }
    return new StatefulSetPlan.Observed(set, pods, found, version(set, revisions.current()), version(set, revisions.update()),
        revisions.collisions(), maxUnavailable, forced.of(set).orElse(false), clock.now());
  }

  private static StatefulSetPlan.Version version(StatefulSet set, ControllerRevision revision) {
    return new StatefulSetPlan.Version(revision.getMetadata().getName(),
        RevisionHistory.template(revision).orElseGet(() -> set.getSpec().getTemplate()));
  }

  private Optional<RuntimeException> apply(StatefulSet set, StatefulSetPlan plan) throws InterruptedException {
    List<Callable<Void>> steps = plan.actions().stream().map(action -> (Callable<Void>) () -> {
      apply(set, action);
      return null;
    }).toList();
    if (plan.together()) {
      return Batches.slowStart(steps).failure();
    }
    for (Action action : plan.actions()) {
      try {
        apply(set, action);
      } catch (RuntimeException e) {
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  private void apply(StatefulSet set, Action action) {
    switch (action) {
      case Action.Create create -> create(set, create);
      case Action.Provide provide -> provide(set, provide.pod(), provide.claims(), List.of());
      case Action.Repair repair -> repair(set, repair);
      case Action.Own own -> own(own.claims());
      case Action.GiveUp giveUp -> giveUp(set, giveUp);
      case Action.Delete delete -> delete(set, delete.pod());
    }
  }

  private void create(StatefulSet set, Action.Create create) {
    String verb = "Create";
    told(set, create.pod(), verb, () -> provide(set, create.pod(), create.claims(), create.leaving()));
    Pod pod;
    try {
      pod = api.create(create.pod());
    } catch (RuntimeException e) {
      throw failed(set, create.pod(), verb, e);
    }
    warnOfForeign(set, pod);
    told(set, pod, UPDATE, () -> own(PodClaims.toUpdate(set, pod, claim(set))));
    succeeded(set, pod, verb);
  }

  private Function<String, Optional<PersistentVolumeClaim>> claim(StatefulSet set) {
    return name -> claims.get(set.getMetadata().getNamespace(), name);
  }

  private void provide(StatefulSet set, Pod pod, List<PersistentVolumeClaim> missing, List<String> leaving) {
    String about = " Pod " + pod.getMetadata().getName() + " in StatefulSet " + set.getMetadata().getName();
    List<String> troubles = new ArrayList<>(leaving.stream().map(name -> "pvc " + name + " is being deleted").toList());
    RuntimeException cause = null;
    for (PersistentVolumeClaim claim : missing) {
      String name = claim.getMetadata().getName();
      try {
        api.create(claim);
        events.normal(set, "SuccessfulCreate", "Create Claim " + name + about + " success");
      } catch (RuntimeException e) {
        cause = e;
        troubles.add("failed to create PVC " + name + ": " + ApiErrors.message(e));
        if (!ApiErrors.isAlreadyExists(e)) {
          events.warning(set, "FailedCreate", "Create Claim " + name + " for" + about + " failed error: " + ApiErrors.message(e));
        }
      }
    }
    if (!troubles.isEmpty()) {
      throw ClaimException.of(troubles, cause);
    }
  }

  private void own(List<PersistentVolumeClaim> wanted) {
    for (PersistentVolumeClaim claim : wanted) {
      try {
        api.update(claim);
      } catch (RuntimeException e) {
        throw new ClaimException(
            "could not update claim " + claim.getMetadata().getName() + " for delete policy ownerRefs: " + ApiErrors.message(e), e);
      }
    }
  }

  private void warnOfForeign(StatefulSet set, Pod pod) {
    PodClaims.foreign(set, pod, claim(set)).forEach(name -> events.warning(set, "ConflictingController", "PersistentVolumeClaim " + name
        + " has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim"));
  }

  private void repair(StatefulSet set, Action.Repair repair) {
    told(set, repair.pod(), UPDATE, () -> {
      provide(set, repair.pod(), repair.missing(), List.of());
      if (!repair.claims().isEmpty()) {
        warnOfForeign(set, repair.pod());
      }
      own(repair.claims());
      if (repair.identity()) {
        api.update(repair.pod());
      }
    });
    succeeded(set, repair.pod(), UPDATE);
  }

  private void giveUp(StatefulSet set, Action.GiveUp giveUp) {
    delete(set, giveUp.pod());
    events.normal(set, "ForcedRollback", "Pod " + giveUp.pod().getMetadata().getName() + " of revision "
        + Identity.revision(giveUp.pod()) + " is not ready and was not waited for: revision " + giveUp.wanted() + " is wanted");
  }

  private void delete(StatefulSet set, Pod pod) {
    told(set, pod, "Delete", () -> {
      try {
        api.delete(pod);
      } catch (RuntimeException e) {
        if (!ApiErrors.isNotFound(e)) {
          throw e;
        }
      }
    });
    succeeded(set, pod, "Delete");
  }

  /** Does a part of what is done to a pod, and tells when it fails. */
  private void told(StatefulSet set, Pod pod, String verb, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      throw failed(set, pod, verb, e);
    }
  }

  private RuntimeException failed(StatefulSet set, Pod pod, String verb, RuntimeException failure) {
    if (!ApiErrors.isAlreadyExists(failure)) {
      events.warning(set, "Failed" + verb, what(set, pod, verb) + " failed error: " + ApiErrors.message(failure));
    }
    return failure;
  }

  private void succeeded(StatefulSet set, Pod pod, String verb) {
    events.normal(set, "Successful" + verb, what(set, pod, verb) + " successful");
  }

  private static String what(StatefulSet set, Pod pod, String verb) {
    return verb + " Pod " + pod.getMetadata().getName() + " in StatefulSet " + set.getMetadata().getName();
  }

  /** Writes the status where it differs, also over a set that was changed meanwhile: which revision is current is known from it alone. */
  private void updateStatus(StatefulSet set, StatefulSetStatus status) {
    Optional<StatefulSet> at = Optional.of(set);
    for (int tries = STATUS_TRIES; at.isPresent() && !status.equals(at.get().getStatus()); tries--) {
      StatefulSet copy = Objects.copy(at.get());
      copy.setStatus(status);
      try {
        api.updateStatus(copy);
        return;
      } catch (RuntimeException e) {
        if (!ApiErrors.isConflict(e) || tries == 1) {
          throw e;
        }
        at = api.live(StatefulSet.class, set.getMetadata().getNamespace(), set.getMetadata().getName())
            .filter(live -> live.getMetadata().getUid().equals(set.getMetadata().getUid()));
      }
    }
  }
}
