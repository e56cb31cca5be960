package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.scheduler.devices.Allocator;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.model.NodeSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is known of a pod's claims within one attempt.
 *
 * <p>Written by the scheduling thread until the pod is reserved, then by the binding thread of the pod, then, if binding fails, by the
 * scheduling thread again; each takes over from the other through a queue.
 */
final class PodDevices implements CycleState.Data {
  static final PodDevices NONE = new PodDevices(List.of(), null, Map.of());

  /** What Filter has found for one node. */
  record Offer(List<AllocationResult> results, ExtendedClaim extended) {}

  private final List<ResourceClaim> claims;
  private final ResourceClaim extended;
  private final String extendedUid;
  private final Map<String, Long> extendedWanted;
  private final NodeSelector[] reachable;
  private final AllocationResult[] allocations;
  private final Set<Integer> unavailable = new HashSet<>();
  private final Map<String, Offer> offers = new HashMap<>();
  private final Map<Set<String>, ExtendedClaim> asked = new HashMap<>(2);
  private final Map<ExtendedClaim, Allocator.Task> tasks = new IdentityHashMap<>(2);
  private Allocator allocator;

  /** With {@code extended}: the claim for extended resources, or null. It is the last of the claims. */
  PodDevices(List<ResourceClaim> ofUser, ResourceClaim extended, Map<String, Long> extendedWanted) {
    this.claims = new ArrayList<>(ofUser);
    this.extended = extended;
    this.extendedUid = extended == null ? "" : extended.getMetadata().getUid();
    this.extendedWanted = extendedWanted;
    if (extended != null) {
      claims.add(extended);
    }
    this.reachable = new NodeSelector[claims.size()];
    this.allocations = new AllocationResult[claims.size()];
    for (int i = 0; i < reachable.length; i++) {
      int at = i;
      Claims.allocation(claims.get(i)).map(AllocationResult::getNodeSelector).ifPresent(s -> reachable[at] = NodeSelector.of(s));
    }
  }

  boolean isEmpty() {
    return claims.isEmpty();
  }

  int size() {
    return claims.size();
  }

  ResourceClaim claim(int index) {
    return claims.get(index);
  }

  List<ResourceClaim> claims() {
    return claims;
  }

  /** Replaces a claim by what was written. */
  void replace(int index, ResourceClaim written) {
    claims.set(index, written);
  }

  /** Whether there is a claim for extended resources at the index. */
  boolean isExtended(int index) {
    return extended != null && index == claims.size() - 1;
  }

  boolean hasExtended() {
    return extended != null;
  }

  /** The claim for extended resources, as written if it was. */
  ResourceClaim extended() {
    return claims.getLast();
  }

  /** The identity under which the claim for extended resources was reserved. */
  String extendedUid() {
    return extendedUid;
  }

  /** Amounts by extended resource. */
  Map<String, Long> extendedWanted() {
    return extendedWanted;
  }

  boolean hasOnlyExtended() {
    return hasExtended() && claims.size() == 1;
  }

  /** Where an allocated claim can be used; null: everywhere. */
  NodeSelector reachable(int index) {
    return reachable[index];
  }

  /** Claims that have devices which some node cannot use. */
  Set<Integer> unavailable() {
    return unavailable;
  }

  Map<String, Offer> offers() {
    return offers;
  }

  /** Null when every claim has its devices. */
  Allocator allocator() {
    return allocator;
  }

  void setAllocator(Allocator allocator) {
    this.allocator = allocator;
  }

  /** What is asked of devices for these extended resources: the same on all nodes that do not offer them otherwise. */
  ExtendedClaim asked(Set<String> resources, Function<Set<String>, ExtendedClaim> make) {
    return asked.computeIfAbsent(resources, make);
  }

  /** The search for the claims without devices, with one for extended resources that asks for this. */
  Allocator.Task task(ExtendedClaim extended, Supplier<List<ResourceClaim>> open) {
    return tasks.computeIfAbsent(extended, e -> allocator.task(open.get()));
  }

  /** What a claim is to get; null: it has it. */
  AllocationResult allocation(int index) {
    return allocations[index];
  }

  void allocate(int index, AllocationResult result) {
    allocations[index] = result;
  }
}
