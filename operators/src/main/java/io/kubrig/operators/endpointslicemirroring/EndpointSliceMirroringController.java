package io.kubrig.operators.endpointslicemirroring;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.slices.SlicePlan;
import io.kubrig.operators.slices.SliceWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps a mirror of each Endpoints object whose service has no selector. */
public final class EndpointSliceMirroringController implements Controller {
  private static final String SERVICE_INDEX = "mirrored-service";

  private final Cached<Endpoints> endpoints;
  private final Cached<Service> services;
  private final Cached<EndpointSlice> slices;
  private final SliceWriter writer;
  private final EventRecorder events;
  private final Duration batch;
  private final int max;

  /** A controller in a manager. */
  public EndpointSliceMirroringController(ControllerContext context) {
    this.endpoints = context.caches().of(Endpoints.class);
    this.services = context.caches().of(Service.class);
    this.slices = context.caches().of(EndpointSlice.class);
    this.writer = new SliceWriter(context.api());
    this.events = context.events("endpoint-slice-mirroring-controller");
    this.batch = context.options().duration("mirroring-endpointslice-updates-batch-period");
    this.max = context.options().integer("mirroring-max-endpoints-per-subset");
    slices.index(SERVICE_INDEX, slice -> service(slice).map(Key::toString).map(List::of).orElse(List.of()));
  }

  private static Optional<Key> service(EndpointSlice slice) {
    Map<String, String> labels = Objects.labels(slice);
    boolean ours = MirrorPlan.MANAGER.equals(labels.get(SlicePlan.MANAGED_BY)) && labels.get(SlicePlan.SERVICE) != null;
    return ours ? Optional.of(new Key(slice.getMetadata().getNamespace(), labels.get(SlicePlan.SERVICE))) : Optional.empty();
  }

  @Override
  public void watch(Queue queue) {
    endpoints.onChange(object -> queue.addAfter(Key.of(object), batch));
    services.onChange(service -> queue.add(Key.of(service)));
    slices.watch(added -> touched(queue, added), (before, after) -> {
      if (!service(before).equals(service(after))) {
        service(before).ifPresent(queue::add);
        service(after).ifPresent(queue::add);
      } else {
        touched(queue, after);
      }
    }, gone -> service(gone).filter(service -> writer.isForeignDeletion(gone)).ifPresent(queue::add));
  }

  private void touched(Queue queue, EndpointSlice slice) {
    service(slice).filter(service -> writer.isForeign(slice)).ifPresent(queue::add);
  }

  @Override
  public Retries retries() {
    return new Retries(Duration.ofSeconds(1), Duration.ofSeconds(100));
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Endpoints> source = endpoints.get(key).filter(MirrorPlan::wants);
    boolean free = services.get(key).filter(service -> Objects.orEmpty(service.getSpec().getSelector()).isEmpty()).isPresent();
    List<EndpointSlice> mirrored = slices.byIndex(SERVICE_INDEX, key.toString()).stream().filter(slice -> !Objects.isTerminating(slice))
        .toList();
    if (source.isEmpty() || !free) {
      mirrored.forEach(writer::delete);
    } else {
      mirror(source.get(), mirrored);
    }
    return Outcome.DONE;
  }

  private void mirror(Endpoints source, List<EndpointSlice> mirrored) {
    MirrorPlan plan = MirrorPlan.of(source, max);
    if (plan.invalid() > 0) {
      events.warning(source, "InvalidIPAddress", "Skipped " + plan.invalid() + " invalid IP addresses when mirroring to EndpointSlices");
    }
    if (plan.skipped() > 0) {
      events.warning(source, "TooManyAddressesToMirror", "A max of " + max
          + " addresses can be mirrored to EndpointSlices per Endpoints subset. " + plan.skipped() + " addresses were skipped");
    }
    SlicePlan.Frame frame = new SlicePlan.Frame(source.getMetadata().getNamespace(), source.getMetadata().getName(),
        Claims.controllerReference(source), MirrorPlan.labels(source), MirrorPlan.annotations(source), max,
        Optional.ofNullable(Objects.annotations(source).get("endpoints.kubernetes.io/last-change-trigger-time")), false);
    try {
      for (String family : families(plan, mirrored)) {
        List<EndpointSlice> own = mirrored.stream().filter(slice -> family.equals(slice.getAddressType())).toList();
        if (plan.groups().containsKey(family)) {
          writer.apply(SlicePlan.of(family, plan.groups().get(family), own, frame));
        } else {
          own.forEach(writer::delete);
        }
      }
    } catch (RuntimeException e) {
      events.warning(source, "FailedToUpdateEndpointSlices", "Error updating Endpoint Slices for Endpoints " + Key.of(source) + ": "
          + ApiErrors.message(e));
      throw e;
    }
  }

  private static Set<String> families(MirrorPlan plan, List<EndpointSlice> mirrored) {
    Set<String> families = new LinkedHashSet<>(plan.groups().keySet());
    mirrored.forEach(slice -> families.add(slice.getAddressType()));
    return families;
  }
}
