package io.kubrig.operators.endpointslice;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
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
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.services.PodMemo;
import io.kubrig.operators.services.ServicePods;
import io.kubrig.operators.services.TriggerTimes;
import io.kubrig.operators.slices.SlicePlan;
import io.kubrig.operators.slices.SliceWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Keeps the slices of every service with a selector. Keys: services, and one for all nodes. */
public final class EndpointSliceController implements Controller {
  static final String MANAGER = "endpointslice-controller.k8s.io";
  private static final String SERVICE_INDEX = "endpointslice-service";
  private static final Key NODES = new Key("", "nodes");

  private final Cached<Service> services;
  private final Cached<EndpointSlice> slices;
  private final Cached<Node> nodes;
  private final ServicePods pods;
  private final SliceWriter writer;
  private final EventRecorder events;
  private final TriggerTimes triggers = new TriggerTimes();
  private final GivenHints hints = new GivenHints();
  private final Map<String, PodMemo<Optional<ServiceEndpoints.Listed>>> memos = Map.of("IPv4", new PodMemo<>(), "IPv6", new PodMemo<>());
  private final Duration batch;
  private final int max;
  private volatile SortedMap<String, Double> shares; // of the zones; null until the nodes have been looked at
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public EndpointSliceController(ControllerContext context) {
    Api api = context.api();
    this.services = context.caches().of(Service.class);
    this.slices = context.caches().of(EndpointSlice.class);
    this.nodes = context.caches().of(Node.class);
    this.pods = new ServicePods(services, context.caches().of(Pod.class));
    this.writer = new SliceWriter(api);
    this.events = context.events("endpoint-slice-controller");
    this.batch = context.options().duration("endpointslice-updates-batch-period");
    this.max = context.options().integer("max-endpoints-per-slice");
    slices.index(SERVICE_INDEX, slice -> service(slice).map(Key::toString).map(List::of).orElse(List.of()));
  }

  private static Optional<Key> service(EndpointSlice slice) {
    Map<String, String> labels = Objects.labels(slice);
    String name = labels.get(SlicePlan.SERVICE);
    boolean ours = MANAGER.equals(labels.get(SlicePlan.MANAGED_BY)) && name != null && !name.isEmpty();
    return ours ? Optional.of(new Key(slice.getMetadata().getNamespace(), name)) : Optional.empty();
  }

  @Override
  public void watch(Queue queue) {
    services.onChange(service -> queue.add(Key.of(service)));
    pods.wake(queue, batch);
    slices.watch(added -> touched(queue, added), (before, after) -> {
      if (!service(before).equals(service(after))) {
        service(before).ifPresent(queue::add);
        service(after).ifPresent(queue::add);
      } else {
        touched(queue, after);
      }
    }, gone -> service(gone).filter(service -> writer.isForeignDeletion(gone)).ifPresent(queue::add));
    work = queue;
    nodes.watch(added -> {
      queue.add(NODES);
      nodeCame(queue, added);
    }, (before, after) -> {
      if (ZoneShares.isReady(before) != ZoneShares.isReady(after) || !ZoneShares.zone(before).equals(ZoneShares.zone(after))) {
        queue.add(NODES);
      }
    }, gone -> queue.add(NODES));
  }

  private void touched(Queue queue, EndpointSlice slice) {
    service(slice).filter(service -> writer.isForeign(slice)).ifPresent(queue::add);
  }

  /** A node's zone is in the endpoints of its pods, which may have been known before it. One that changes is noticed with the next pod. */
  private void nodeCame(Queue queue, Node node) {
    String name = node.getMetadata().getName();
    slices.list().stream().filter(slice -> Objects.orEmpty(slice.getEndpoints()).stream().anyMatch(e -> name.equals(e.getNodeName())))
        .forEach(slice -> service(slice).ifPresent(queue::add));
  }

  @Override
  public Retries retries() {
    return new Retries(Duration.ofSeconds(1), Duration.ofSeconds(1000));
  }

  @Override
  public Outcome reconcile(Key key) {
    if (key.equals(NODES)) {
      shares = ZoneShares.of(nodes.list());
      hints.overloaded(shares).forEach(work::add);
      return Outcome.DONE;
    }
    Optional<Service> service = services.get(key);
    if (service.isEmpty()) {
      triggers.forget(key);
      hints.forget(key);
      memos.values().forEach(memo -> memo.forget(key));
    } else if (!"ExternalName".equals(service.get().getSpec().getType())
        && !Objects.orEmpty(service.get().getSpec().getSelector()).isEmpty()) {
      keep(service.get());
    }
    return Outcome.DONE;
  }

  private void keep(Service service) {
    List<Pod> selected = pods.of(service);
    List<EndpointSlice> existing = slices.byIndex(SERVICE_INDEX, Key.of(service).toString()).stream()
        .filter(slice -> !Objects.isTerminating(slice)).toList();
    OwnerReference owner = Claims.controllerReference(service);
    SlicePlan.Frame frame = new SlicePlan.Frame(service.getMetadata().getNamespace(), service.getMetadata().getName(), owner,
        ServiceEndpoints.labels(service, MANAGER), Map.of(), max, triggers.next(service, selected), AutoHints.isWanted(service));
    List<String> families = ServicePods.families(service);
    List<EndpointSlice> strange = existing.stream().filter(slice -> !families.contains(slice.getAddressType()) || !isOwned(slice, owner))
        .toList();
    try {
      strange.forEach(writer::delete);
      for (String family : families) {
        List<EndpointSlice> own = new ArrayList<>(existing);
        own.removeIf(slice -> !family.equals(slice.getAddressType()) || strange.contains(slice));
        apply(service, family, SlicePlan.of(family, groups(service, selected, family), own, frame), own);
      }
    } catch (RuntimeException e) {
      events.warning(service, "FailedToUpdateEndpointSlices", "Error updating Endpoint Slices for Service " + Key.of(service) + ": "
          + ApiErrors.message(e));
      throw e;
    }
  }

  /** Hints by zone are put on the endpoints themselves: these are then made anew each time. */
  private List<SlicePlan.Group> groups(Service service, List<Pod> selected, String family) {
    PodMemo<Optional<ServiceEndpoints.Listed>> memo = memos.get(family);
    return AutoHints.isWanted(service) || memo == null ? ServiceEndpoints.groups(service, selected, family, name -> nodes.get("", name))
        : ServiceEndpoints.groups(service, selected, family, name -> nodes.get("", name), memo);
  }

  private void apply(Service service, String family, SlicePlan plan, List<EndpointSlice> own) {
    Key key = Key.of(service);
    if (!AutoHints.isWanted(service)) {
      boolean had = hints.has(key);
      hints.remove(key, family);
      writer.apply(plan);
      if (had) {
        tell(service, AutoHints.ended(family));
      }
      return;
    }
    AutoHints.Hinted hinted = AutoHints.give(family, plan, own, shares(), hints.has(key));
    if (hinted.byZone().isEmpty()) {
      hints.remove(key, family);
    } else {
      hints.set(key, family, hinted.byZone());
    }
    writer.apply(hinted.plan());
    hinted.told().ifPresent(told -> tell(service, told));
  }

  private void tell(Service service, AutoHints.Told told) {
    events.record(EventRecorder.reference(service), told.type(), told.reason(), told.message());
  }

  private SortedMap<String, Double> shares() {
    SortedMap<String, Double> known = shares;
    return known == null ? ZoneShares.of(nodes.list()) : known;
  }

  private static boolean isOwned(EndpointSlice slice, OwnerReference owner) {
    return Objects.controllerOf(slice).filter(ref -> owner.getUid().equals(ref.getUid())).isPresent();
  }
}
