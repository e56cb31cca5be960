package io.kubrig.operators.slices;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.services.TriggerTimes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The writes that turn the slices that are there into the slices that ought to be.
 *
 * <p>Endpoints stay in the slice in which they are; new ones go where something changes anyway, fullest slice first, then into one
 * untouched slice if all that is left fits, then into new ones. A slice to be deleted becomes one to be created, if there is one.
 */
public record SlicePlan(List<EndpointSlice> create, List<EndpointSlice> update, List<EndpointSlice> delete) {
  /** The label that names the service. */
  public static final String SERVICE = "kubernetes.io/service-name";

  /** The label that names the slice's controller. */
  public static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

  /** The label of a headless service's slices. */
  public static final String HEADLESS = "service.kubernetes.io/headless";

  /** Endpoints that share all their ports. */
  public record Group(List<EndpointPort> ports, List<Endpoint> endpoints) {}

  /**
   * What all slices of a service have in common.
   *
   * @param owner the controller reference
   * @param max how many endpoints a slice takes
   * @param annotations all that slices are to have, but for the trigger time; empty means that theirs are their own affair
   * @param trigger the trigger-time annotation, if any
   * @param hintsApart whether somebody else gives the hints afterwards, so that they are no reason for a write
   */
  public record Frame(String namespace, String service, OwnerReference owner, Map<String, String> labels, Map<String, String> annotations,
      int max, Optional<String> trigger, boolean hintsApart) {}

  /** Plans the slices of one address type. With no endpoints at all one empty slice without ports remains. */
  public static SlicePlan of(String addressType, List<Group> groups, List<EndpointSlice> existing, Frame frame) {
    SlicePlan plan = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Map<Set<EndpointPort>, List<EndpointSlice>> byPorts = new LinkedHashMap<>();
    existing.forEach(slice -> byPorts.computeIfAbsent(ports(slice), p -> new ArrayList<>()).add(slice));
    for (Group group : groups) {
      List<EndpointSlice> same = Objects.orEmpty(byPorts.remove(new HashSet<>(group.ports())));
      new Packing(addressType, group, frame, plan).pack(same);
    }
    byPorts.values().forEach(plan.delete::addAll);
    if (plan.delete.size() == existing.size() && plan.create.isEmpty() && plan.update.isEmpty()) {
      placeholder(addressType, frame, plan);
    }
    reuse(frame, plan);
    return plan;
  }

  private static void placeholder(String addressType, Frame frame, SlicePlan plan) {
    EndpointSlice empty = fresh(addressType, List.of(), List.of(), frame);
    if (plan.delete.size() == 1 && isPlaceholder(plan.delete.getFirst(), empty)) {
      plan.delete.clear();
    } else {
      plan.create.add(empty);
    }
  }

  private static boolean isPlaceholder(EndpointSlice slice, EndpointSlice empty) {
    return Objects.orEmpty(slice.getEndpoints()).isEmpty() && ports(slice).isEmpty() && Objects.labels(slice).equals(Objects.labels(empty))
        && slice.getMetadata().getOwnerReferences().equals(empty.getMetadata().getOwnerReferences());
  }

  private static void reuse(Frame frame, SlicePlan plan) {
    Deque<EndpointSlice> created = new ArrayDeque<>(plan.create);
    for (var slices = plan.delete.iterator(); slices.hasNext() && !created.isEmpty(); ) {
      EndpointSlice old = slices.next();
      if (!old.getMetadata().getOwnerReferences().stream().anyMatch(owner -> owner.getUid().equals(frame.owner().getUid()))) {
        continue;
      }
      slices.remove();
      EndpointSlice wanted = created.removeFirst();
      plan.update.add(new EndpointSlice(old.getAddressType(), old.getApiVersion(), wanted.getEndpoints(), old.getKind(),
          metadata(old, wanted.getMetadata().getLabels(), wanted.getMetadata().getAnnotations()), wanted.getPorts()));
    }
    plan.create.clear();
    plan.create.addAll(created);
  }

  private static ObjectMeta metadata(EndpointSlice slice, Map<String, String> labels, Map<String, String> annotations) {
    return new ObjectMetaBuilder(slice.getMetadata()).withLabels(labels).withAnnotations(annotations).build();
  }

  private static Set<EndpointPort> ports(EndpointSlice slice) {
    return new HashSet<>(Objects.orEmpty(slice.getPorts()));
  }

  private static EndpointSlice fresh(String addressType, List<EndpointPort> ports, List<Endpoint> endpoints, Frame frame) {
    return new EndpointSliceBuilder()
        .withNewMetadata().withGenerateName(prefix(frame.service())).withNamespace(frame.namespace()).withLabels(frame.labels())
        .withAnnotations(annotations(frame)).withOwnerReferences(frame.owner()).endMetadata()
        .withAddressType(addressType).withPorts(ports).withEndpoints(endpoints).build();
  }

  private static Map<String, String> annotations(Frame frame) {
    Map<String, String> annotations = new HashMap<>(frame.annotations());
    frame.trigger().ifPresent(time -> annotations.put(TriggerTimes.ANNOTATION, time));
    return annotations;
  }

  private static String prefix(String service) {
    int limit = 253 - 5;
    String prefix = service + "-";
    return prefix.length() <= limit ? prefix : service.substring(0, limit);
  }

  /** What makes an endpoint the same one in another state. */
  private record Identity(List<String> addresses, String hostname, String nodeName, String kind, String namespace, String name,
      String uid) {
    static Identity of(Endpoint endpoint) {
      ObjectReference target = endpoint.getTargetRef();
      return new Identity(List.copyOf(endpoint.getAddresses()), endpoint.getHostname(), endpoint.getNodeName(),
          target == null ? null : target.getKind(), target == null ? null : target.getNamespace(), target == null ? null : target.getName(),
          target == null ? null : target.getUid());
    }

    @Override
    public int hashCode() { // of what nearly always tells two apart
      return 31 * addresses.hashCode() + java.util.Objects.hashCode(uid);
    }
  }

  /** The packing of one group. */
  private static final class Packing {
    private final String addressType;
    private final Group group;
    private final Frame frame;
    private final SlicePlan plan;
    private final Map<Identity, Endpoint> left = new LinkedHashMap<>();
    private final Map<EndpointSlice, List<Endpoint>> changed = new LinkedHashMap<>();
    private final List<EndpointSlice> untouched = new ArrayList<>();

    Packing(String addressType, Group group, Frame frame, SlicePlan plan) {
      this.addressType = addressType;
      this.group = group;
      this.frame = frame;
      this.plan = plan;
      group.endpoints().forEach(endpoint -> left.put(Identity.of(endpoint), endpoint));
    }

    void pack(List<EndpointSlice> slices) {
      slices.forEach(this::retain);
      changed.entrySet().stream()
          .sorted(Comparator.comparingInt((Map.Entry<EndpointSlice, List<Endpoint>> e) -> e.getValue().size()).reversed())
          .forEach(entry -> fill(entry.getValue()));
      while (!left.isEmpty()) {
        Optional<EndpointSlice> room = left.size() < frame.max() ? fullestWithRoom() : Optional.empty();
        List<Endpoint> endpoints = room.map(slice -> new ArrayList<>(Objects.orEmpty(slice.getEndpoints()))).orElseGet(ArrayList::new);
        fill(endpoints);
        if (room.isPresent()) {
          untouched.remove(room.get());
          changed.put(room.get(), endpoints);
        } else {
          plan.create.add(fresh(addressType, group.ports(), endpoints, frame));
        }
      }
      changed.forEach((slice, endpoints) -> plan.update.add(new EndpointSlice(slice.getAddressType(), slice.getApiVersion(), endpoints,
          slice.getKind(), metadata(slice, frame.labels(), updated(slice)), slice.getPorts())));
    }

    private Map<String, String> updated(EndpointSlice slice) {
      Map<String, String> annotations = new HashMap<>(frame.annotations().isEmpty() ? Objects.annotations(slice) : frame.annotations());
      String last = Objects.annotations(slice).get(TriggerTimes.ANNOTATION);
      Optional<String> trigger = frame.trigger().or(() -> Optional.ofNullable(last));
      trigger.ifPresent(time -> annotations.put(TriggerTimes.ANNOTATION, time));
      return annotations;
    }

    /** Keeps what is still wanted in a slice, in its newest state. */
    private void retain(EndpointSlice slice) {
      List<Endpoint> before = Objects.orEmpty(slice.getEndpoints());
      List<Endpoint> after = new ArrayList<>();
      for (Endpoint endpoint : before) {
        Endpoint wanted = after.size() < frame.max() ? left.remove(Identity.of(endpoint)) : null;
        if (wanted != null) {
          after.add(wanted);
        }
      }
      if (after.isEmpty()) {
        plan.delete.add(slice);
      } else if (!isSame(after, before) || !frame.labels().equals(Objects.labels(slice)) || !hasAnnotations(slice)) {
        changed.put(slice, after);
      } else {
        untouched.add(slice);
      }
    }

    private boolean isSame(List<Endpoint> after, List<Endpoint> before) {
      return after.equals(frame.hintsApart() ? before.stream().map(Packing::unhinted).toList() : before);
    }

    private static Endpoint unhinted(Endpoint endpoint) {
      return endpoint.getHints() == null ? endpoint : new EndpointBuilder(endpoint).withHints(null).build();
    }

    private boolean hasAnnotations(EndpointSlice slice) {
      return Objects.annotations(slice).entrySet().containsAll(frame.annotations().entrySet());
    }

    private void fill(List<Endpoint> endpoints) {
      for (var next = left.values().iterator(); next.hasNext() && endpoints.size() < frame.max(); ) {
        endpoints.add(next.next());
        next.remove();
      }
    }

    /** The fullest untouched slice that takes all that is left. */
    private Optional<EndpointSlice> fullestWithRoom() {
      return untouched.stream().filter(slice -> Objects.orEmpty(slice.getEndpoints()).size() + left.size() <= frame.max())
          .max(Comparator.comparingInt(slice -> Objects.orEmpty(slice.getEndpoints()).size()));
    }
  }
}
