package io.kubrig.operators.replicas;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
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
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.ownership.Owned;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.pods.PodControl;
import io.kubrig.operators.pods.Pods;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the right number of pods for each owner of a kind. */
public final class ReplicaController<T extends HasMetadata> implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaController.class);

  private final ReplicaKind<T> kind;
  private final Api api;
  private final Clock clock;
  private final Cached<T> owners;
  private final Cached<Pod> pods;
  private final Owned<Pod, T> owned;
  private final PodControl control;

  /** @param component the source of its events */
  public ReplicaController(ReplicaKind<T> kind, String component, ControllerContext context) {
    this.kind = kind;
    this.api = context.api();
    this.clock = context.clock();
    this.owners = context.caches().of(kind.type());
    this.pods = context.caches().of(Pod.class);
    this.owned = new Owned<>(pods, owners, kind::selector);
    EventRecorder events = context.events(component);
    this.control = new PodControl(api, events);
  }

  @Override
  public void watch(Queue queue) {
    owners.onChange(owner -> queue.add(Key.of(owner)));
    owned.wake(queue);
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    Optional<T> owner = owners.get(key);
    return owner.isEmpty() ? Outcome.DONE : reconcile(owner.get());
  }

  private Outcome reconcile(T owner) throws InterruptedException {
    Selector selector;
    try {
      selector = kind.selector(owner);
    } catch (IllegalArgumentException e) {
      LOG.error("{} {} has a bad selector: {}", owner.getKind(), Key.of(owner), e.getMessage());
      return Outcome.DONE;
    }
    ReplicaPlan.Observed observed = observe(owner, selector);
    Optional<RuntimeException> failure = apply(owner, ReplicaPlan.of(observed));
    updateStatus(owner, observed, failure);
    if (failure.isPresent()) {
      throw failure.get();
    }
    return ReplicaPlan.nextAvailability(observed, kind.minReadySeconds(owner))
        .map(delay -> Outcome.after(delay, "minReadySeconds")).orElse(Outcome.DONE);
  }

  private ReplicaPlan.Observed observe(T owner, Selector selector) {
    List<Pod> all = owned.candidates(owner);
    int terminating = (int) all.stream().filter(Pods::isTerminating)
        .filter(pod -> Claims.controls(owner, pod) && selector.matches(pod.getMetadata().getLabels())).count();
    List<Pod> active = new Claims<>(api, owner, selector, Pods::isActive).claim(all.stream().filter(Pods::isActive).toList());
    List<Pod> related = active.size() > kind.replicas(owner) ? related(owner, active) : active;
    return new ReplicaPlan.Observed(Objects.isTerminating(owner), kind.replicas(owner), active,
        kind.countsTerminating() ? terminating : null, related, clock.now());
  }

  /** The pods of all owners that share this owner's controller. */
  private List<Pod> related(T owner, List<Pod> own) {
    Optional<String> above = Objects.controllerOf(owner).map(OwnerReference::getUid);
    return above.isEmpty() ? own
        : owners.controlledBy(above.get()).stream().flatMap(sibling -> pods.controlledBy(sibling.getMetadata().getUid()).stream()).toList();
  }

  private Optional<RuntimeException> apply(T owner, ReplicaPlan plan) throws InterruptedException {
    if (plan.create() > 0) {
      Pod pod = PodControl.fromTemplate(kind.template(owner), owner);
      Callable<Pod> create = () -> control.create(pod, owner);
      Optional<RuntimeException> failure = Batches.slowStart(Collections.nCopies(plan.create(), create)).failure();
      return failure.filter(e -> !ApiErrors.isTerminating(e));
    }
    List<Callable<Void>> deletions = plan.delete().stream().map(pod -> (Callable<Void>) () -> {
      control.delete(pod, owner);
      return null;
    }).toList();
    return Batches.all(deletions).failure();
  }

  private void updateStatus(T owner, ReplicaPlan.Observed observed, Optional<RuntimeException> failure) {
    ReplicaStatus old = kind.status(owner);
    PodTemplateSpec template = kind.template(owner);
    Map<String, String> labels = template == null || template.getMetadata() == null ? Map.of()
        : Objects.orEmpty(template.getMetadata().getLabels());
    ReplicaStatus status = ReplicaPlan.status(
        observed, old, labels, kind.minReadySeconds(owner), Objects.generation(owner), failure.map(ApiErrors::message));
    if (!status.equals(old)) {
      api.updateStatus(kind.withStatus(owner, status));
    }
  }
}
