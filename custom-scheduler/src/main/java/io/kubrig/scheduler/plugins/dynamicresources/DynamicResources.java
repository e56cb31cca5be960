package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResultBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSubRequest;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.devices.AllocationException;
import io.kubrig.scheduler.devices.Allocator;
import io.kubrig.scheduler.devices.Allocator.Outcome;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.NodeStatuses;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PostFilterPlugin;
import io.kubrig.scheduler.framework.PreBindPlugin;
import io.kubrig.scheduler.framework.PreEnqueuePlugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.ReservePlugin;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.state.ClusterObjects;
import io.kubrig.scheduler.state.NodeInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Gives devices to the claims of pods: a node passes when every claim has its devices there or can get them; before the pod is bound, the
 * claims say so in the API. Source: KEP-4381.
 */
public final class DynamicResources
    implements PreEnqueuePlugin, PreFilterPlugin, FilterPlugin, PostFilterPlugin, ScorePlugin, ReservePlugin,
    PreBindPlugin, EnqueueExtensions, NodeLocal {
  private static final int MOST_ALTERNATIVES = 8;
  private static final Status NOT_ALL = Status.unresolvable("cannot allocate all claims");
  private static final Status INVALID_POOLS = Status.unresolvable("invalid resource pools were encountered");
  private static final Status TIMED_OUT = Status.unresolvable("timed out trying to allocate devices");
  private static final Status NOT_HERE = Status.unresolvable("resourceclaim not available on the node");
  private static final Status STALE_EXTENDED = Status.unresolvable("cannot schedule extended resource claim");

  private final PluginContext context;
  private final DeviceBooks books;
  private final ClaimBinding binding;
  private final ClaimRelease release;
  private final Duration filterTimeout;
  private final Duration bindingTimeout;

  public DynamicResources(ConfigNode args, PluginContext context, DeviceBooks books) {
    this.context = context;
    this.books = books;
    this.filterTimeout = args.duration("filterTimeout", Duration.ofSeconds(10));
    this.bindingTimeout = args.duration("bindingTimeout", Duration.ofMinutes(10));
    this.binding = new ClaimBinding(context, books, bindingTimeout);
    this.release = new ClaimRelease(context, books);
  }

  @Override
  public String name() {
    return "DynamicResources";
  }

  /** A pod that cannot need devices passes everywhere and scores nothing. */
  @Override
  public boolean isLocal(Pod pod) {
    ResourceVector wanted = pod.spec().requests().total();
    boolean extended = false;
    for (int i = ResourceVector.FIRST_SCALAR; i < wanted.size(); i++) {
      extended |= wanted.get(i) != 0;
    }
    return pod.spec().footprint().claims().isEmpty() && !extended;
  }

  private ClusterObjects objects() {
    return context.state().objects();
  }

  @Override
  public Status preEnqueue(Pod pod) {
    try {
      Claims.of(pod, objects().resourceClaims());
      return Status.SUCCESS;
    } catch (Claims.Missing e) {
      return Status.unresolvable(e.getMessage());
    }
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    state.put(this, PodDevices.NONE);
    List<ResourceClaim> claims;
    try {
      claims = Claims.of(pod, objects().resourceClaims());
    } catch (Claims.Missing e) {
      return PreFilterResult.of(Status.unresolvable(e.getMessage()));
    }
    Map<String, Long> wanted = ExtendedClaim.wanted(pod, objects());
    ResourceClaim extended = wanted.isEmpty() ? null
        : books.extendedOf(pod).orElseGet(() -> ExtendedClaim.unwritten(pod, uid()));
    PodDevices devices = new PodDevices(claims, extended, wanted);
    if (devices.isEmpty()) {
      return PreFilterResult.SKIP;
    }
    boolean toAllocate = false;
    for (int i = 0; i < devices.size(); i++) {
      if (!Claims.isAllocated(devices.claim(i))) {
        toAllocate = true;
        Optional<String> problem = problem(devices, i);
        if (problem.isPresent()) {
          return PreFilterResult.of(Status.unresolvable(problem.get()));
        }
      }
    }
    if (toAllocate) {
      devices.setAllocator(books.allocator(this::uid));
      devices.allocator().prepare(claims);
      wanted.keySet().forEach(r -> objects().deviceClassOf(r).ifPresent(devices.allocator()::prepare));
    }
    state.put(this, devices);
    return PreFilterResult.ALL_NODES;
  }

  private String uid() {
    return new UUID(context.random().nextLong() & ~0xF000L | 0x4000L, context.random().nextLong() & ~(3L << 62) | 1L << 63).toString();
  }

  /** Why a claim cannot be allocated on any node. */
  private Optional<String> problem(PodDevices devices, int index) {
    ResourceClaim claim = devices.claim(index);
    if (books.isPending(claim.getMetadata().getUid())) {
      return Optional.of("resource claim " + Claims.key(claim) + " is in the process of being allocated");
    }
    if (devices.isExtended(index)) {
      return Optional.empty();
    }
    for (DeviceRequest r : claim.getSpec().getDevices().getRequests()) {
      if (r.getExactly() == null && r.getFirstAvailable().isEmpty()) {
        return Optional.of("resource claim " + Claims.key(claim) + ", request " + r.getName() + ": unknown request type");
      }
      if (r.getExactly() != null && !exists(r.getExactly().getDeviceClassName())) {
        return Optional.of("request " + r.getName() + ": device class " + r.getExactly().getDeviceClassName() + " does not exist");
      }
      for (DeviceSubRequest s : r.getFirstAvailable()) {
        if (!exists(s.getDeviceClassName())) {
          return Optional.of("request " + r.getName() + "/" + s.getName() + ": device class " + s.getDeviceClassName() + " does not exist");
        }
      }
    }
    return Optional.empty();
  }

  private boolean exists(String deviceClass) {
    return objects().deviceClasses().find(deviceClass).isPresent();
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    PodDevices devices = state.get(this, PodDevices.class);
    if (devices.isEmpty()) {
      return Status.SUCCESS;
    }
    Optional<ExtendedClaim> extended = Optional.empty();
    if (devices.hasExtended()) {
      if (!devices.extended().getSpec().getDevices().getRequests().isEmpty()) {
        return STALE_EXTENDED;
      }
      extended = extended(devices, pod, node);
      if (extended.isEmpty() && devices.hasOnlyExtended()) {
        return Status.SUCCESS; // the node has a device plugin for it
      }
    }
    boolean unavailable = noteUnavailable(devices, node);
    if (devices.allocator() != null) {
      Status s = allocate(devices, node, extended.orElse(ExtendedClaim.NONE));
      if (!s.isSuccess()) {
        return s;
      }
    }
    return unavailable ? NOT_HERE : Status.SUCCESS;
  }

  /** What the extended resources need in devices on a node; empty: nothing. */
  private Optional<ExtendedClaim> extended(PodDevices devices, Pod pod, NodeInfo node) {
    Set<String> here = new TreeSet<>(devices.extendedWanted().keySet());
    here.removeIf(r -> node.allocatable().get(ResourceVector.index(r)) > 0);
    return here.isEmpty() ? Optional.empty() : Optional.of(devices.asked(here, h -> ExtendedClaim.of(pod, h, objects())));
  }

  private boolean noteUnavailable(PodDevices devices, NodeInfo node) {
    boolean any = false;
    for (int i = 0; i < devices.size(); i++) {
      ResourceClaim claim = devices.claim(i);
      boolean outOfReach = devices.reachable(i) != null && !devices.reachable(i).matches(node.node());
      if (outOfReach || Claims.isAllocated(claim) && cannotBecomeReady(claim)) {
        devices.unavailable().add(i);
        any = true;
      }
    }
    return any;
  }

  private boolean cannotBecomeReady(ResourceClaim claim) {
    return switch (Readiness.of(claim)) {
      case Readiness.Ready r -> false;
      case Readiness.Waiting w -> Readiness.isOverdue(claim, bindingTimeout, context.clock().now());
      case Readiness.Failed f -> true;
    };
  }

  private Status allocate(PodDevices devices, NodeInfo node, ExtendedClaim extended) {
    Allocator.Task task = devices.task(extended, () -> open(devices, extended));
    long end = context.clock().nanos() + filterTimeout.toNanos();
    BooleanSupplier isLate = filterTimeout.isZero() ? () -> false : () -> context.clock().nanos() > end;
    try {
      return switch (task.on(node.node(), isLate)) {
        case Outcome.Allocated a -> {
          devices.offers().put(node.name(), new PodDevices.Offer(a.results(), extended));
          yield Status.SUCCESS;
        }
        case Outcome.Impossible i -> NOT_ALL;
        case Outcome.InvalidPools i -> INVALID_POOLS;
        case Outcome.TimedOut t -> TIMED_OUT;
      };
    } catch (AllocationException e) {
      return Status.error(e.getMessage());
    }
  }

  /** The claims that have no devices yet. */
  private static List<ResourceClaim> open(PodDevices devices, ExtendedClaim extended) {
    List<ResourceClaim> open = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      ResourceClaim claim = devices.claim(i);
      if (!Claims.isAllocated(claim)) {
        open.add(devices.isExtended(i) ? asking(claim, extended) : claim);
      }
    }
    return open;
  }

  private static ResourceClaim asking(ResourceClaim unwritten, ExtendedClaim extended) {
    return new ResourceClaimBuilder(unwritten).editSpec().editDevices().withRequests(extended.requests()).endDevices().endSpec().build();
  }

  @Override
  public Result postFilter(CycleState state, Pod pod, NodeStatuses statuses) {
    Optional<PodDevices> found = state.find(this, PodDevices.class);
    if (found.isEmpty()) {
      return Result.of(Status.error("not found"));
    }
    PodDevices devices = found.get();
    if (devices.isEmpty()) {
      return Result.of(Status.unschedulable("no new claims to deallocate"));
    }
    for (int index : devices.unavailable()) {
      ResourceClaim claim = devices.claim(index);
      if (!devices.isExtended(index) && Claims.isFreeBut(claim, pod)) {
        release.deallocate(claim);
        return Result.of(Status.unschedulable("deallocation of ResourceClaim completed"));
      }
    }
    if (devices.hasExtended() && ExtendedClaim.isWritten(devices.extended())) {
      release.delete(devices.extended());
      return Result.of(Status.unschedulable("deletion of ResourceClaim completed"));
    }
    return Result.of(Status.unschedulable("still not schedulable"));
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    PodDevices devices = state.get(this, PodDevices.class);
    PodDevices.Offer offer = devices.offers().get(node.name());
    if (offer == null) {
      return 0;
    }
    long score = 0;
    int next = 0;
    for (ResourceClaim claim : devices.claims()) {
      if (!Claims.isAllocated(claim)) {
        score += score(claim, offer.results().get(next++));
      }
    }
    return score;
  }

  /** The earlier an alternative is in its list, the better. */
  private static long score(ResourceClaim claim, AllocationResult result) {
    if (claim.getSpec().getDevices().getRequests().stream().allMatch(r -> r.getFirstAvailable().isEmpty())) {
      return 0;
    }
    Set<String> used = new HashSet<>();
    for (DeviceRequestAllocationResult r : result.getDevices().getResults()) {
      used.add(r.getRequest());
    }
    long score = 0;
    for (DeviceRequest r : claim.getSpec().getDevices().getRequests()) {
      for (int i = 0; i < r.getFirstAvailable().size(); i++) {
        if (used.contains(r.getName() + "/" + r.getFirstAvailable().get(i).getName())) {
          score += MOST_ALTERNATIVES - i;
        }
      }
    }
    return score;
  }

  @Override
  public void normalize(CycleState state, Pod pod, List<NodeInfo> nodes, long[] scores) {
    ScorePlugin.normalizeByMax(scores, false);
  }

  @Override
  public Status reserve(CycleState state, Pod pod, String node) {
    PodDevices devices = state.get(this, PodDevices.class);
    if (devices == null || devices.allocator() == null) {
      return Status.SUCCESS;
    }
    PodDevices.Offer offer = devices.offers().get(node);
    if (offer == null) {
      return devices.hasOnlyExtended() ? Status.SUCCESS : Status.error("claim allocation not found for node");
    }
    int next = 0;
    for (int i = 0; i < devices.size(); i++) {
      ResourceClaim claim = devices.claim(i);
      if (!Claims.isAllocated(claim)) {
        AllocationResult result = new AllocationResultBuilder(offer.results().get(next++)).build(); // others may be offered the same
        devices.allocate(i, result);
        books.begin(claim.getMetadata().getUid(),
            ClaimBinding.allocated(devices.isExtended(i) ? asking(claim, offer.extended()) : claim, result));
      }
    }
    return Status.SUCCESS;
  }

  @Override
  public void unreserve(CycleState state, Pod pod, String node) {
    state.find(this, PodDevices.class).ifPresent(devices -> release.giveBack(devices, pod));
  }

  @Override
  public Status preBindPreFlight(CycleState state, Pod pod, String node) {
    return state.find(this, PodDevices.class).map(d -> d.isEmpty() ? Status.SKIP : Status.SUCCESS).orElse(Status.SKIP);
  }

  @Override
  public boolean beginsEarly() {
    return true;
  }

  @Override
  public Status beginPreBind(CycleState state, Pod pod, String node) throws InterruptedException {
    return binding.bind(state.get(this, PodDevices.class), pod, node);
  }

  @Override
  public Status preBind(CycleState state, Pod pod, String node) {
    return Status.SUCCESS;
  }

  @Override
  public List<Registration> events() {
    return ClaimEvents.registrations(this::objects);
  }
}
