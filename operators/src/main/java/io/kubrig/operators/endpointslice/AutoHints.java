package io.kubrig.operators.endpointslice;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHints;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHintsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.ForZone;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.slices.SlicePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Hints of the mode Auto (KEP-2433): every ready endpoint serves one zone, its own where that does not overload anybody by more than a
 * fifth. Slices that are right stay as they are.
 */
final class AutoHints {
  private static final String MODE = "service.kubernetes.io/topology-mode";
  private static final String MODE_OF_OLD = "service.kubernetes.io/topology-aware-hints";
  private static final String DISABLED = "TopologyAwareHintsDisabled";
  private static final double OVERLOAD = 0.2;

  private final SortedMap<String, Double> shares;
  private final List<EndpointSlice> create = new ArrayList<>();
  private final List<EndpointSlice> update = new ArrayList<>();
  private final List<EndpointSlice> unchanged = new ArrayList<>();
  private final SlicePlan plan;

  private AutoHints(SlicePlan plan, List<EndpointSlice> existing, SortedMap<String, Double> shares) {
    this.shares = shares;
    this.plan = plan;
    plan.create().forEach(slice -> create.add(Objects.copy(slice)));
    plan.update().forEach(slice -> update.add(Objects.copy(slice)));
    Set<String> touched = new HashSet<>();
    Stream.concat(plan.update().stream(), plan.delete().stream()).forEach(slice -> touched.add(slice.getMetadata().getName()));
    existing.stream().filter(slice -> !touched.contains(slice.getMetadata().getName())).forEach(unchanged::add);
  }

  /** Something to tell of the service. */
  record Told(String type, String reason, String message) {}

  /** The plan with hints, how many endpoints each zone got (empty: no hints), and what is to be told. */
  record Hinted(SlicePlan plan, Map<String, Integer> byZone, Optional<Told> told) {}

  /** How many endpoints a zone is to have. */
  private record Allocation(int most, double desired) {}

  /** Whether a service asks for these hints. */
  static boolean isWanted(Service service) {
    Map<String, String> annotations = Objects.annotations(service);
    String mode = annotations.containsKey(MODE_OF_OLD) ? annotations.get(MODE_OF_OLD) : annotations.get(MODE);
    return "Auto".equals(mode) || "auto".equals(mode);
  }

  /** What is told when a service no longer asks for them. */
  static Told ended(String family) {
    return new Told(EventRecorder.WARNING, DISABLED, "Topology Aware Hints has been disabled, addressType: " + family);
  }

  /** Gives hints to the slices of a plan. @param had whether the service had hints before */
  static Hinted give(String family, SlicePlan plan, List<EndpointSlice> existing, SortedMap<String, Double> shares, boolean had) {
    AutoHints hints = new AutoHints(plan, existing, shares);
    SortedMap<String, Integer> byZone = new TreeMap<>();
    Optional<String> trouble = hints.give(byZone);
    if (trouble.isPresent()) {
      hints.removeAll();
      return new Hinted(hints.planned(), Map.of(),
          Optional.of(new Told(EventRecorder.WARNING, DISABLED, trouble.get() + ", addressType: " + family)));
    }
    return new Hinted(hints.planned(), byZone, had ? Optional.empty() : Optional.of(new Told(EventRecorder.NORMAL,
        "TopologyAwareHintsEnabled", "Topology Aware Hints has been enabled, addressType: " + family)));
  }

  private SlicePlan planned() {
    return new SlicePlan(create, update, plan.delete());
  }

  /** The least whole number of endpoints for a share, when each may serve a fifth more than its own. */
  static double least(double desired) {
    return Math.ceil(desired * (1 / (1 + OVERLOAD)));
  }

  private Optional<String> give(SortedMap<String, Integer> byZone) {
    int ready = (int) Stream.of(create, update, unchanged).flatMap(List::stream)
        .flatMap(slice -> Objects.orEmpty(slice.getEndpoints()).stream()).filter(AutoHints::isReady).count();
    if (shares.isEmpty()) {
      return Optional.of("Insufficient Node information: allocatable CPU or zone not specified on one or more nodes");
    }
    String counts = " (" + ready + " endpoints, " + shares.size() + " zones)";
    if (shares.size() > ready) {
      return Optional.of("Insufficient number of endpoints" + counts);
    }
    int least = shares.values().stream().mapToInt(share -> (int) least(share * ready)).sum();
    if (least > ready) {
      return Optional.of(
          "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold" + counts);
    }
    SortedMap<String, Allocation> allocations = new TreeMap<>();
    shares.forEach((zone, share) -> {
      int own = (int) least(share * ready);
      allocations.put(zone, new Allocation(own + ready - least, Math.max(share * ready, own)));
    });
    keepRightSlices(allocations, byZone);
    if (!giveOwnZones(byZone)) {
      return Optional.of("One or more endpoints do not have a zone specified");
    }
    shift(allocations, byZone);
    return byZone.isEmpty() ? Optional.of("No hints allocated for zones") : Optional.empty();
  }

  /** Slices whose hints still fit stay; the others are given new ones. */
  private void keepRightSlices(Map<String, Allocation> allocations, SortedMap<String, Integer> byZone) {
    for (var slices = unchanged.iterator(); slices.hasNext(); ) {
      EndpointSlice slice = slices.next();
      Optional<Map<String, Integer>> own = hints(slice, allocations, byZone);
      if (own.isPresent()) {
        own.get().forEach((zone, count) -> byZone.merge(zone, count, Integer::sum));
      } else {
        update.add(Objects.copy(slice));
        slices.remove();
      }
    }
  }

  private static Optional<Map<String, Integer>> hints(
      EndpointSlice slice, Map<String, Allocation> allocations, Map<String, Integer> byZone) {
    Map<String, Integer> own = new TreeMap<>();
    for (Endpoint endpoint : Objects.orEmpty(slice.getEndpoints())) {
      List<ForZone> zones = endpoint.getHints() == null ? List.of() : Objects.orEmpty(endpoint.getHints().getForZones());
      if (isReady(endpoint) && (zones.isEmpty() || !zones.stream().allMatch(zone -> allocations.containsKey(zone.getName())))) {
        return Optional.empty();
      }
      if (isReady(endpoint)) {
        zones.forEach(zone -> own.merge(zone.getName(), 1, Integer::sum));
      }
    }
    boolean fits = own.entrySet().stream()
        .allMatch(entry -> entry.getValue() + byZone.getOrDefault(entry.getKey(), 0) <= allocations.get(entry.getKey()).most());
    return fits ? Optional.of(own) : Optional.empty();
  }

  private Stream<Endpoint> readyToChange() {
    return Stream.of(create, update).flatMap(List::stream).flatMap(slice -> Objects.orEmpty(slice.getEndpoints()).stream())
        .filter(AutoHints::isReady);
  }

  private boolean giveOwnZones(SortedMap<String, Integer> byZone) {
    List<Endpoint> endpoints = readyToChange().toList();
    if (endpoints.stream().anyMatch(endpoint -> endpoint.getZone() == null || endpoint.getZone().isEmpty())) {
      return false;
    }
    endpoints.forEach(endpoint -> {
      byZone.merge(endpoint.getZone(), 1, Integer::sum);
      endpoint.setHints(hint(endpoint.getZone()));
    });
    return true;
  }

  /** Lets zones with more endpoints than their share serve those with fewer. */
  private void shift(Map<String, Allocation> allocations, SortedMap<String, Integer> byZone) {
    SortedMap<String, Double> over = new TreeMap<>();
    SortedMap<String, Double> under = new TreeMap<>();
    allocations.forEach((zone, allocation) -> {
      double more = byZone.getOrDefault(zone, 0) - allocation.desired();
      if (more != 0) {
        (more > 0 ? over : under).put(zone, Math.abs(more));
      }
    });
    SortedMap<String, Integer> giving = new TreeMap<>();
    SortedMap<String, Integer> receiving = new TreeMap<>();
    match(over, under, giving, receiving);
    readyToChange().forEach(endpoint -> {
      String from = endpoint.getZone();
      if (giving.getOrDefault(from, 0) > 0 && !receiving.isEmpty()) {
        String to = receiving.firstKey();
        endpoint.setHints(hint(to));
        take(giving, from);
        take(receiving, to);
        byZone.merge(from, -1, Integer::sum);
        byZone.merge(to, 1, Integer::sum);
      }
    });
  }

  private static void match(SortedMap<String, Double> over, SortedMap<String, Double> under, SortedMap<String, Integer> giving,
      SortedMap<String, Integer> receiving) {
    while (true) {
      Optional<Map.Entry<String, Double>> give = most(over);
      Optional<Map.Entry<String, Double>> get = most(under);
      double give1 = give.map(Map.Entry::getValue).orElse(0.0);
      double get1 = get.map(Map.Entry::getValue).orElse(0.0);
      if (give1 < 0.5 || get1 < 0.5 || give1 < 1 && get1 < 1) {
        return;
      }
      giving.merge(give.get().getKey(), 1, Integer::sum);
      receiving.merge(get.get().getKey(), 1, Integer::sum);
      over.merge(give.get().getKey(), -1.0, Double::sum);
      under.merge(get.get().getKey(), -1.0, Double::sum);
    }
  }

  private static Optional<Map.Entry<String, Double>> most(SortedMap<String, Double> zones) {
    return zones.entrySet().stream().max(Map.Entry.comparingByValue());
  }

  private static void take(SortedMap<String, Integer> zones, String zone) {
    zones.computeIfPresent(zone, (z, left) -> left == 1 ? null : left - 1);
  }

  private static EndpointHints hint(String zone) {
    return new EndpointHintsBuilder().addNewForZone().withName(zone).endForZone().build();
  }

  private void removeAll() {
    for (var slices = unchanged.iterator(); slices.hasNext(); ) {
      EndpointSlice slice = slices.next();
      if (Objects.orEmpty(slice.getEndpoints()).stream().anyMatch(endpoint -> endpoint.getHints() != null)) {
        update.add(Objects.copy(slice));
        slices.remove();
      }
    }
    Stream.of(create, update).flatMap(List::stream).flatMap(slice -> Objects.orEmpty(slice.getEndpoints()).stream())
        .forEach(endpoint -> endpoint.setHints(null));
  }

  private static boolean isReady(Endpoint endpoint) {
    return endpoint.getConditions() != null && Boolean.TRUE.equals(endpoint.getConditions().getReady());
  }
}
