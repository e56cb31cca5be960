package io.kubrig.operators.namespace;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.metadata.MetadataClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Empties namespaces that are being deleted, then takes off the finalizer that holds them. */
public final class NamespaceController implements Controller {
  /** So long do other API servers get to learn that the namespace takes nothing in any more. */
  private static final Duration SETTLE = Duration.ofSeconds(5);

  private static final String FINALIZER = "kubernetes";

  private final Api api;
  private final Clock clock;
  private final Cached<Namespace> namespaces;
  private final ContentDeletion deletion;

  /** A controller in a manager. */
  public NamespaceController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.namespaces = context.caches().of(Namespace.class);
    this.deletion = new ContentDeletion(api, new MetadataClient(api.client()));
  }

  @Override
  public void watch(Queue queue) {
    namespaces.watch(added -> changed(queue, added), (before, after) -> changed(queue, after), gone -> {});
  }

  private static void changed(Queue queue, Namespace namespace) {
    if (Objects.isTerminating(namespace)) {
      queue.addAfter(Key.of(namespace), SETTLE);
    }
  }

  @Override
  public Retries retries() {
    return new Retries(Duration.ofMillis(5), Duration.ofMinutes(1));
  }

  @Override
  public Outcome reconcile(Key key) {
    if (namespaces.get(key).filter(Objects::isTerminating).isEmpty()) {
      return Outcome.DONE;
    }
    Optional<Namespace> live = api.live(Namespace.class, "", key.name());
    if (live.isEmpty() || !Objects.isTerminating(live.get()) || !isHeld(live.get())) {
      return Outcome.DONE;
    }
    return empty(terminating(live.get()));
  }

  private static boolean isHeld(Namespace namespace) {
    return namespace.getSpec() != null && !Objects.orEmpty(namespace.getSpec().getFinalizers()).isEmpty();
  }

  private Namespace terminating(Namespace namespace) {
    if (namespace.getStatus() != null && "Terminating".equals(namespace.getStatus().getPhase())) {
      return namespace;
    }
    return api.updateStatus(new NamespaceBuilder(namespace).editOrNewStatus().withPhase("Terminating").endStatus().build());
  }

  private Outcome empty(Namespace namespace) {
    Duration since = Objects.time(namespace.getMetadata().getDeletionTimestamp()).map(at -> Duration.between(at, clock.now()))
        .orElse(Duration.ZERO);
    Emptying emptying = deletion.empty(namespace.getMetadata().getName(), since);
    Namespace told = tell(namespace, emptying);
    if (emptying.failed()) {
      return Outcome.RETRY;
    }
    if (emptying.estimate().isPositive()) {
      return Outcome.after(Duration.ofSeconds(emptying.estimate().toSeconds() / 2 + 1), "pods that have time to end");
    }
    release(told);
    return Outcome.DONE;
  }

  private Namespace tell(Namespace namespace, Emptying emptying) {
    List<NamespaceCondition> before = Objects.orEmpty(namespace.getStatus().getConditions());
    List<NamespaceCondition> after = NamespaceConditions.after(emptying, before, Objects.time(clock.now()));
    if (after.equals(before)) {
      return namespace;
    }
    return api.updateStatus(new NamespaceBuilder(namespace).editStatus().withConditions(after).endStatus().build());
  }

  private void release(Namespace namespace) {
    List<String> others = namespace.getSpec().getFinalizers().stream().filter(finalizer -> !FINALIZER.equals(finalizer)).toList();
    Namespace released = new NamespaceBuilder(namespace).editSpec().withFinalizers(others).endSpec().build();
    try {
      api.client().raw("/api/v1/namespaces/" + namespace.getMetadata().getName() + "/finalize", "PUT", released);
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
