package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceConstraint;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSelector;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.scheduler.model.Node;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Finds devices for claims, node by node, given what others have. Used by one thread at a time. */
public final class Allocator {
  private final SliceCatalog catalog;
  private final TakenDevices taken;
  private final Function<String, Optional<DeviceClass>> classes;
  private final Selectors selectors;
  private final Supplier<String> shareIds;
  private final KnownOutcomes known;

  /**
   * An allocator for one pod.
   *
   * @param classes finds a class by name
   * @param shareIds makes the identities of shares of devices
   * @param known what earlier searches came to
   */
  public Allocator(SliceCatalog catalog, TakenDevices taken, Function<String, Optional<DeviceClass>> classes, Selectors selectors,
      Supplier<String> shareIds, KnownOutcomes known) {
    this.catalog = catalog;
    this.taken = taken;
    this.classes = classes;
    this.selectors = selectors;
    this.shareIds = shareIds;
    this.known = known;
  }

  /** Claims to find devices for, on one node after the other. */
  public final class Task {
    private final List<ResourceClaim> claims;
    private final KnownOutcomes.Wishes wishes;
    private final Map<Object, Outcome> found = new IdentityHashMap<>(); // for the pod itself: shares have identities of its own
    private long changes;

    private Task(List<ResourceClaim> claims) {
      this.claims = claims;
      this.wishes = known.new Wishes(claims.stream().map(c -> c.getSpec().getDevices()).toList(), taken);
    }

    /**
     * Looks for devices; {@code isLate} ends the search. Fails when a claim, a class or a slice is wrong. What is allocated belongs to
     * several nodes and pods until one of them takes a copy of it.
     */
    public Outcome on(Node node, BooleanSupplier isLate) throws AllocationException {
      View view = catalog.view(node);
      View.Place place = view.place(node);
      if (changes != taken.allChanges()) {
        found.clear();
        changes = taken.allChanges();
      }
      Outcome outcome = found.get(place.identity());
      if (outcome == null) {
        Optional<Outcome> before = wishes.on(place);
        outcome = before.isPresent() ? before.get() : search(node, view, place, isLate);
        found.put(place.identity(), outcome);
      }
      return outcome;
    }

    private Outcome search(Node node, View view, View.Place place, BooleanSupplier isLate) throws AllocationException {
      Found result = allocate(node, view.pools(), claims, isLate);
      if (result.repeatable) {
        wishes.remember(place, view.pools(), result.outcome);
      }
      return result.outcome;
    }
  }

  /** What is to be done for claims. */
  public Task task(List<ResourceClaim> claims) {
    return new Task(List.copyOf(claims));
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** One result for each claim. */
    record Allocated(List<AllocationResult> results) implements Outcome {}

    /** The node does not have the devices. */
    record Impossible() implements Outcome {}

    /** The node does not have the devices, and slices of it contradict each other. */
    record InvalidPools() implements Outcome {}

    /** The search took too long. */
    record TimedOut() implements Outcome {}
  }

  /** Compiles what claims need, so that this does not count when time is short. Mistakes are told by {@link #allocate}. */
  public void prepare(List<ResourceClaim> claims) {
    for (ResourceClaim claim : claims) {
      for (DeviceRequest r : claim.getSpec().getDevices().getRequests()) {
        if (r.getExactly() != null) {
          prepare(Wish.of(r));
        }
        r.getFirstAvailable().forEach(a -> prepare(Wish.of(r, a)));
      }
    }
  }

  private void prepare(Wish wish) {
    compile(wish.selectors());
    classes.apply(wish.deviceClass()).ifPresent(this::prepare);
  }

  /** Compiles what a class says. */
  public void prepare(DeviceClass deviceClass) {
    compile(deviceClass.getSpec().getSelectors());
  }

  private void compile(List<DeviceSelector> all) {
    for (DeviceSelector s : all) {
      try {
        if (s.getCel() != null) {
          selectors.of(s.getCel().getExpression());
        }
      } catch (Selectors.Failure e) {
        return; // told when it matters
      }
    }
  }

  /** Looks for devices without regard to what is known. */
  Outcome allocate(Node node, List<ResourceClaim> claims, BooleanSupplier isLate) throws AllocationException {
    return allocate(node, Pools.on(node, catalog), claims, isLate).outcome;
  }

  /**
   * An outcome.
   *
   * @param repeatable whether another pod would come to the same: not when time was short or a share has got its identity
   */
  private record Found(Outcome outcome, boolean repeatable) {}

  private Found allocate(Node node, List<Pool> pools, List<ResourceClaim> claims, BooleanSupplier isLate) throws AllocationException {
    List<ClaimPlan> plans = new ArrayList<>();
    for (ResourceClaim claim : claims) {
      plans.add(new ClaimPlan(claim));
    }
    Search search = new Search(node, plans, pools, taken, selectors, isLate);
    for (int i = 0; i < plans.size(); i++) {
      plan(plans.get(i), i, pools, search);
    }
    try {
      Outcome outcome = search.succeeds()
          ? new Outcome.Allocated(plans.stream().map(p -> Results.of(p, node.name(), shareIds)).toList())
          : failure(pools);
      return new Found(outcome, plans.stream().flatMap(p -> p.chosen().stream()).noneMatch(c -> c.device().isShareable()));
    } catch (Search.TimedOut e) {
      return new Found(new Outcome.TimedOut(), false);
    }
  }

  private static Outcome failure(List<Pool> pools) {
    boolean invalid = pools.stream().anyMatch(p -> p.condition() == Pool.Condition.INVALID);
    return invalid ? new Outcome.InvalidPools() : new Outcome.Impossible();
  }

  private void plan(ClaimPlan claim, int index, List<Pool> pools, Search search) throws AllocationException {
    int least = 0;
    for (DeviceRequest r : claim.claim().getSpec().getDevices().getRequests()) {
      ClaimPlan.Request request = new ClaimPlan.Request(!r.getFirstAvailable().isEmpty());
      claim.requests().add(request);
      if (!request.hasAlternatives()) {
        request.plans().add(plan(claim, index, Wish.of(r), pools, search));
      }
      for (var alternative : r.getFirstAvailable()) {
        request.plans().add(plan(claim, index, Wish.of(r, alternative), pools, search));
      }
      least += request.least();
    }
    if (least > Search.MOST_DEVICES) {
      throw new AllocationException("claim " + claim.name() + ": number of requested devices " + least + " exceeds the claim limit of "
          + Search.MOST_DEVICES);
    }
    List<DeviceConstraint> constraints = claim.claim().getSpec().getDevices().getConstraints();
    for (int i = 0; i < constraints.size(); i++) {
      claim.constraints().add(constraint(claim, i, constraints.get(i)));
    }
  }

  private static Constraint constraint(ClaimPlan claim, int index, DeviceConstraint c) throws AllocationException {
    if (c.getMatchAttribute() != null) {
      return new Constraint.Match(c.getRequests(), c.getMatchAttribute());
    }
    if (c.getDistinctAttribute() != null) {
      return new Constraint.Distinct(c.getRequests(), c.getDistinctAttribute());
    }
    throw new AllocationException("claim " + claim.name() + ", constraint #" + index + ": empty constraint (unsupported constraint type?)");
  }

  private Plan plan(ClaimPlan claim, int index, Wish wish, List<Pool> pools, Search search) throws AllocationException {
    String where = "claim " + claim.name() + ", request " + wish.name();
    for (int i = 0; i < wish.selectors().size(); i++) {
      if (wish.selectors().get(i).getCel() == null) {
        throw new AllocationException(where + ", selector #" + i + ": CEL expression empty (unsupported selector type?)");
      }
    }
    if (wish.deviceClass() == null || wish.deviceClass().isEmpty()) {
      throw new AllocationException(where + ": missing device class name (unsupported request type?)");
    }
    DeviceClass deviceClass = classes.apply(wish.deviceClass()).orElseThrow(() -> new AllocationException(
        where + ": could not retrieve device class " + wish.deviceClass() + ": deviceclass.resource.k8s.io \"" + wish.deviceClass()
            + "\" not found"));
    return switch (wish.mode()) {
      case Wish.EXACT_COUNT -> {
        if (wish.count() > Integer.MAX_VALUE) {
          throw new AllocationException(where + ": exact count " + wish.count() + " is too large");
        }
        yield new Plan(wish, deviceClass, (int) wish.count(), List.of());
      }
      case Wish.ALL -> {
        List<OfferedDevice> all = all(new Plan(wish, deviceClass, 0, List.of()), index, pools, search, where);
        yield new Plan(wish, deviceClass, all.size(), all);
      }
      default -> throw new AllocationException(where + ": unsupported count mode " + wish.mode());
    };
  }

  /** Every device that fits the wish. Only known when every pool is complete. */
  private static List<OfferedDevice> all(Plan plan, int claim, List<Pool> pools, Search search, String where) throws AllocationException {
    List<OfferedDevice> out = new ArrayList<>();
    for (Pool pool : pools) {
      switch (pool.condition()) {
        case INCOMPLETE -> throw new AllocationException(where + ": asks for all devices, but resource pool " + pool.id()
            + " is currently being updated");
        case INVALID -> throw new AllocationException(where + ": asks for all devices, but resource pool " + pool.id()
            + " is currently invalid");
        case USABLE -> {
          for (Slice slice : pool.slices()) {
            for (OfferedDevice device : slice.devices()) {
              if (search.isSelectable(claim, plan, device) && search.hasCapacity(plan.wish(), device)) {
                out.add(device);
              }
            }
          }
        }
      }
    }
    return out;
  }
}
