package io.kubrig.operators.endpoints;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
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
import io.kubrig.operators.services.ServicePods;
import io.kubrig.operators.services.TriggerTimes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Keeps the Endpoints of every service with a selector. */
public final class EndpointsController implements Controller {
  private final Api api;
  private final Cached<Service> services;
  private final Cached<Endpoints> endpoints;
  private final ServicePods pods;
  private final EventRecorder events;
  private final TriggerTimes triggers = new TriggerTimes();
  private final Duration batch;

  /** A controller in a manager. */
  public EndpointsController(ControllerContext context) {
    this.api = context.api();
    this.services = context.caches().of(Service.class);
    this.endpoints = context.caches().of(Endpoints.class);
    this.pods = new ServicePods(services, context.caches().of(Pod.class));
    this.events = context.events("endpoint-controller");
    this.batch = context.options().duration("endpoint-updates-batch-period");
  }

  @Override
  public void watch(Queue queue) {
    services.onChange(service -> queue.add(Key.of(service)));
    pods.wake(queue, batch);
    endpoints.watch(added -> stray(queue, added), (before, after) -> {}, gone -> queue.add(Key.of(gone)));
  }

  /** Endpoints whose service went while nobody looked. */
  private void stray(Queue queue, Endpoints added) {
    boolean ours = EndpointsPlan.MANAGER.equals(Objects.labels(added).get(EndpointsPlan.MANAGED_BY));
    if (ours && services.get(Key.of(added)).isEmpty()) {
      queue.add(Key.of(added));
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Service> service = services.get(key);
    if (service.isEmpty()) {
      triggers.forget(key);
      remove(key);
    } else if (!"ExternalName".equals(service.get().getSpec().getType())
        && !Objects.orEmpty(service.get().getSpec().getSelector()).isEmpty()) {
      keep(service.get());
    }
    return Outcome.DONE;
  }

  private void remove(Key key) {
    try {
      api.delete(new EndpointsBuilder().withNewMetadata().withNamespace(key.namespace()).withName(key.name()).endMetadata().build());
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private void keep(Service service) {
    List<Pod> selected = pods.of(service);
    Optional<Endpoints> current = endpoints.get(Key.of(service));
    EndpointsPlan.of(service, selected, current, triggers.next(service, selected))
        .ifPresent(wanted -> write(service, wanted, current.isEmpty()));
  }

  private void write(Service service, Endpoints wanted, boolean fresh) {
    try {
      if (fresh) {
        api.create(wanted);
      } else {
        api.update(wanted);
      }
    } catch (RuntimeException e) {
      if (fresh && ApiErrors.isTerminating(e)) {
        return;
      }
      String verb = fresh ? "create" : "update";
      events.warning(wanted, fresh ? "FailedToCreateEndpoint" : "FailedToUpdateEndpoint", "Failed to " + verb + " endpoint "
          + Key.of(service) + ": " + ApiErrors.message(e));
      throw e;
    }
  }
}
