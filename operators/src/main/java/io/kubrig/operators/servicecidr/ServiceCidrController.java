package io.kubrig.operators.servicecidr;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.IPAddress;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDRBuilder;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps ServiceCIDRs (KEP-1880). Keys are ServiceCIDRs. */
public final class ServiceCidrController implements Controller {
  private static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";
  private static final String READY = "Ready";

  /** So long do allocators that have not heard of the deletion get to finish. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Api api;
  private final Clock clock;
  private final Cached<ServiceCIDR> ranges;
  private final Cached<IPAddress> addresses;

  /** A controller in a manager. */
  public ServiceCidrController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.ranges = context.caches().of(ServiceCIDR.class);
    this.addresses = context.caches().of(IPAddress.class);
  }

  @Override
  public void watch(Queue queue) {
    ranges.onChange(changed -> ranges.list().forEach(range -> queue.add(Key.of(range))));
    addresses.watch(added -> wake(added, queue), (before, after) -> { }, gone -> wake(gone, queue));
  }

  /** An address may hold up a range, and its end may free one. */
  private void wake(IPAddress address, Queue queue) {
    RangeUse.containing(address, ranges.list()).forEach(range -> queue.add(Key.of(range)));
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<ServiceCIDR> range = ranges.get(key);
    if (range.isEmpty()) {
      return Outcome.DONE;
    }
    return Objects.isTerminating(range.get()) ? end(range.get()) : keep(range.get());
  }

  private Outcome keep(ServiceCIDR range) {
    ServiceCIDR held = range;
    List<String> finalizers = Objects.orEmpty(range.getMetadata().getFinalizers());
    if (!finalizers.contains(FINALIZER)) {
      List<String> all = new ArrayList<>(finalizers);
      all.add(FINALIZER);
      held = api.update(new ServiceCIDRBuilder(Objects.copy(range)).editMetadata().withFinalizers(all).endMetadata().build());
    }
    write(held, "True", "", "Kubernetes Service CIDR is ready");
    return Outcome.DONE;
  }

  private static Optional<Condition> ready(ServiceCIDR range) {
    return range.getStatus() == null ? Optional.empty()
        : Objects.orEmpty(range.getStatus().getConditions()).stream().filter(c -> READY.equals(c.getType())).findFirst();
  }

  private void write(ServiceCIDR range, String status, String reason, String message) {
    if (ready(range).filter(c -> status.equals(c.getStatus()) && reason.equals(c.getReason() == null ? "" : c.getReason())
        && message.equals(c.getMessage())).isPresent()) {
      return;
    }
    List<Condition> conditions =
        new ArrayList<>(range.getStatus() == null ? List.of() : Objects.orEmpty(range.getStatus().getConditions()));
    conditions.removeIf(c -> READY.equals(c.getType()));
    conditions.add(new ConditionBuilder().withType(READY).withStatus(status).withReason(reason).withMessage(message)
        .withLastTransitionTime(Objects.time(clock.now())).build());
    api.updateStatus(new ServiceCIDRBuilder(Objects.copy(range)).editOrNewStatus().withConditions(conditions).endStatus().build());
  }

  private Outcome end(ServiceCIDR range) {
    if (!Objects.orEmpty(range.getMetadata().getFinalizers()).contains(FINALIZER)) {
      return Outcome.DONE;
    }
    if (!RangeUse.mayGo(range, ranges.list(), addresses.list())) {
      write(range, "False", "Terminating",
          "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR");
      return Outcome.DONE;
    }
    Instant end = Objects.time(range.getMetadata().getDeletionTimestamp()).orElse(clock.now()).plus(GRACE);
    if (end.isAfter(clock.now())) {
      return Outcome.after(Duration.between(clock.now(), end));
    }
    if (!RangeUse.mayGo(range, live(ServiceCIDR.class), live(IPAddress.class))) {
      return Outcome.RETRY; // the caches do not know it yet
    }
    release(range);
    return Outcome.DONE;
  }

  private <T extends HasMetadata> List<T> live(Class<T> kind) {
    return api.client().resources(kind).list().getItems();
  }

  private void release(ServiceCIDR range) {
    List<String> left = range.getMetadata().getFinalizers().stream().filter(finalizer -> !FINALIZER.equals(finalizer)).toList();
    try {
      api.update(new ServiceCIDRBuilder(Objects.copy(range)).editMetadata().withFinalizers(left).endMetadata().build());
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
