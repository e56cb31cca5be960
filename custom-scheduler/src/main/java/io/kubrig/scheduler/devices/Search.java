package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSelector;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceTaint;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceToleration;
import io.kubrig.scheduler.model.Amounts;
import io.kubrig.scheduler.model.Node;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The search for devices on one node: claim after claim, request after request, device after device, in the order of pools, slices and
 * devices; what cannot be continued is taken back. The first full solution is chosen. Read it from {@link #next} downwards.
 *
 * <p>Within one request devices are only tried in their order, because the same devices in another order are the same solution.
 */
final class Search {
  /** How many devices one claim can have. */
  static final int MOST_DEVICES = 32;

  /** How an attempt to go on ended. */
  enum End {
    FOUND,
    NOTHING,
    /** The claim would have too many devices; fewer are only possible with another alternative. */
    TOO_MANY
  }

  /** The time for this node is over. */
  static final class TimedOut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TimedOut() {
      super(null, null, false, false);
    }
  }

  /** Which device is wanted next: the {@code device}-th of an alternative of a request of a claim. */
  private record Step(int claim, int request, int alternative, int device) {
    Step nextDevice() {
      return new Step(claim, request, alternative, device + 1);
    }

    Step nextRequest() {
      return new Step(claim, request + 1, 0, 0);
    }

    Step nextClaim() {
      return new Step(claim + 1, 0, 0, 0);
    }

    Step with(int otherAlternative) {
      return new Step(claim, request, otherAlternative, 0);
    }
  }

  /** Where to begin to look. */
  private record Place(int pool, int slice, int device) {
    static final Place START = new Place(0, 0, 0);
  }

  private final Node node;
  private final List<ClaimPlan> claims;
  private final List<Pool> pools;
  private final TakenDevices taken;
  private final Selectors selectors;
  private final BooleanSupplier isLate;
  private final Counters counters;
  private final Map<DeviceId, Set<Integer>> inUse = new HashMap<>();
  private final Map<DeviceId, Map<String, BigDecimal>> consumed = new HashMap<>();
  /** How often shared devices were chosen. */
  private final Map<DeviceId, Integer> shares = new HashMap<>();
  private final Map<PoolId, Pool> poolById = new HashMap<>();

  Search(Node node, List<ClaimPlan> claims, List<Pool> pools, TakenDevices taken, Selectors selectors, BooleanSupplier isLate) {
    this.node = node;
    this.claims = claims;
    this.pools = pools;
    this.taken = taken;
    this.selectors = selectors;
    this.isLate = isLate;
    this.counters = new Counters(taken);
    pools.forEach(p -> poolById.put(p.id(), p));
  }

  /** Searches; what was chosen is in the plans of the claims. */
  boolean succeeds() throws AllocationException {
    return next(new Step(0, 0, 0, 0), false, Place.START) == End.FOUND;
  }

  private End next(Step step, boolean inAlternative, Place place) throws AllocationException {
    if (isLate.getAsBoolean()) {
      throw new TimedOut();
    }
    if (step.claim >= claims.size()) {
      return End.FOUND;
    }
    ClaimPlan claim = claims.get(step.claim);
    if (step.request >= claim.requests().size()) {
      End end = next(step.nextClaim(), false, Place.START);
      return end == End.TOO_MANY ? End.NOTHING : end;
    }
    ClaimPlan.Request request = claim.requests().get(step.request);
    if (!inAlternative && request.hasAlternatives()) {
      return anyAlternative(step, request);
    }
    Plan plan = request.plans().get(step.alternative);
    boolean all = plan.wish().wantsAll();
    if (all && plan.all().isEmpty()) {
      return End.NOTHING;
    }
    if (step.device >= plan.count()) {
      return next(step.nextRequest(), false, Place.START);
    }
    if (claim.chosen().size() + plan.count() - step.device > MOST_DEVICES) {
      return End.TOO_MANY;
    }
    return all ? oneOfAll(step, plan, inAlternative) : anyDevice(step, plan, inAlternative, place);
  }

  /** The first alternative that works. */
  private End anyAlternative(Step step, ClaimPlan.Request request) throws AllocationException {
    boolean onlyTooMany = true;
    for (int i = 0; i < request.plans().size(); i++) {
      End end = next(step.with(i), true, Place.START);
      if (end == End.FOUND) {
        request.select(i);
        return End.FOUND;
      }
      onlyTooMany &= end == End.TOO_MANY;
    }
    return onlyTooMany ? End.TOO_MANY : End.NOTHING;
  }

  private End oneOfAll(Step step, Plan plan, boolean inAlternative) throws AllocationException {
    OfferedDevice device = plan.all().get(step.device);
    if (!take(step, plan.wish(), device, true)) {
      return End.NOTHING;
    }
    End end = next(step.nextDevice(), inAlternative, Place.START);
    if (end != End.FOUND) {
      giveBack(step, plan.wish(), device);
    }
    return end;
  }

  private End anyDevice(Step step, Plan plan, boolean inAlternative, Place from) throws AllocationException {
    for (int p = from.pool; p < pools.size(); p++) {
      Pool pool = pools.get(p);
      if (!pool.isUsable()) {
        continue;
      }
      for (int s = p == from.pool ? from.slice : 0; s < pool.slices().size(); s++) {
        List<OfferedDevice> devices = pool.slices().get(s).devices();
        for (int d = p == from.pool && s == from.slice ? from.device : 0; d < devices.size(); d++) {
          OfferedDevice device = devices.get(d);
          if (!isFree(step.claim, plan.wish(), device) || !isSelectable(step.claim, plan, device)
              || !fitsTheOthers(step, plan.wish(), device)
              || !hasCapacity(plan.wish(), device) || !take(step, plan.wish(), device, false)) {
            continue;
          }
          End end = next(step.nextDevice(), inAlternative, new Place(p, s, d + 1));
          if (end == End.FOUND) {
            return end;
          }
          giveBack(step, plan.wish(), device);
          if (end == End.TOO_MANY) {
            return end;
          }
        }
      }
    }
    return End.NOTHING;
  }

  /** Whether the claim's constraints allow it beside the devices chosen so far: cheaper to ask than what it has left. */
  private boolean fitsTheOthers(Step step, Wish wish, OfferedDevice device) {
    for (Constraint c : claims.get(step.claim).constraints()) {
      if (!c.allows(wish, device)) {
        return false;
      }
    }
    return true;
  }

  /** Administrators may use what others use, but not twice in one claim. */
  private boolean isFree(int claim, Wish wish, OfferedDevice device) {
    Set<Integer> users = inUse.getOrDefault(device.id(), Set.of());
    return wish.adminAccess() ? !users.contains(claim) : users.isEmpty() && !taken.hasWhole(device.id());
  }

  /** Whether class and request want the device and the node reaches it. */
  boolean isSelectable(int claim, Plan plan, OfferedDevice device) throws AllocationException {
    String className = plan.deviceClass().getMetadata().getName();
    return wantedBy(plan.deviceClass().getSpec().getSelectors(), device, "class " + className)
        && wantedBy(plan.wish().selectors(), device, "claim " + claims.get(claim).name())
        && (!device.slice().selectsPerDevice() || device.slice().reaches(device.device(), node));
  }

  private boolean wantedBy(List<DeviceSelector> all, OfferedDevice device, String whose) throws AllocationException {
    for (int i = 0; i < all.size(); i++) {
      try {
        if (!device.isWantedBy(selectors.of(all.get(i).getCel().getExpression()))) {
          return false;
        }
      } catch (Selectors.Failure e) {
        throw new AllocationException(whose + ": selector #" + i + ": " + e.getMessage());
      }
    }
    return true;
  }

  /** Whether what is left of the device's capacity suffices. */
  boolean hasCapacity(Wish wish, OfferedDevice device) {
    return Capacity.suffices(device.device().getCapacity(), wish.capacity(), name -> taken.consumed(device.id(), name)
        .add(consumed.getOrDefault(device.id(), Map.of()).getOrDefault(name, BigDecimal.ZERO)));
  }

  /** Tries to take a device; {@code must}: there is no other choice, so a violated constraint is a mistake in the claim. */
  private boolean take(Step step, Wish wish, OfferedDevice device, boolean must) throws AllocationException {
    boolean shared = device.isShareable();
    if (!wish.adminAccess() && !isFree(step.claim, wish, device)
        || wish.adminAccess() && !shared && !isFree(step.claim, wish, device)
        || isTainted(device, wish) || !hasCapacity(wish, device)) {
      return false;
    }
    boolean counted = countersMatter(device);
    if (counted && !counters.take(poolById.get(device.slice().pool()), device)) {
      return false;
    }
    if (!addToConstraints(step, wish, device, must)) {
      if (counted) {
        counters.giveBack(poolById.get(device.slice().pool()), device);
      }
      return false;
    }
    Map<String, Quantity> consumption = Map.of();
    if (shared) {
      consumption = Capacity.consumed(device.device().getCapacity(), wish.capacity());
      Map<String, BigDecimal> sum = consumed.computeIfAbsent(device.id(), id -> new HashMap<>());
      consumption.forEach((name, q) -> sum.merge(name, Amounts.exact(q), BigDecimal::add));
      shares.merge(device.id(), 1, Integer::sum);
    } else {
      inUse.computeIfAbsent(device.id(), id -> new HashSet<>()).add(step.claim);
    }
    claims.get(step.claim).chosen().add(new Chosen(wish, device, consumption));
    return true;
  }

  /** A shared device draws on the counters of its pool once, when its first user comes. */
  private boolean countersMatter(OfferedDevice device) {
    return !device.device().getConsumesCounters().isEmpty()
        && !(device.isShareable() && (taken.isConsumed(device.id()) || shares.containsKey(device.id())));
  }

  private boolean addToConstraints(Step step, Wish wish, OfferedDevice device, boolean must) throws AllocationException {
    List<Constraint> constraints = claims.get(step.claim).constraints();
    List<Constraint> added = new ArrayList<>();
    for (Constraint c : constraints) {
      if (!c.add(wish, device)) {
        if (must) {
          throw new AllocationException("claim " + claims.get(step.claim).name() + ", request " + wish.name() + ": cannot add device "
              + device.id()
              + " because a claim constraint would not be satisfied");
        }
        added.forEach(a -> a.remove(wish, device));
        return false;
      }
      added.add(c);
    }
    return true;
  }

  private void giveBack(Step step, Wish wish, OfferedDevice device) {
    ClaimPlan claim = claims.get(step.claim);
    claim.constraints().forEach(c -> c.remove(wish, device));
    Chosen last = claim.chosen().removeLast();
    if (device.isShareable()) {
      Map<String, BigDecimal> sum = consumed.get(device.id());
      last.consumed().forEach((name, q) -> sum.merge(name, Amounts.exact(q), BigDecimal::subtract));
      shares.merge(device.id(), -1, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b));
    } else {
      inUse.get(device.id()).remove(step.claim);
    }
    if (countersMatter(device)) {
      counters.giveBack(poolById.get(device.slice().pool()), device);
    }
  }

  private static boolean isTainted(OfferedDevice device, Wish wish) {
    for (DeviceTaint taint : device.device().getTaints()) {
      boolean repels = "NoSchedule".equals(taint.getEffect()) || "NoExecute".equals(taint.getEffect());
      if (repels && wish.tolerations().stream().noneMatch(t -> tolerates(t, taint))) {
        return true;
      }
    }
    return false;
  }

  private static boolean tolerates(DeviceToleration t, DeviceTaint taint) {
    if (!blank(t.getEffect()) && !t.getEffect().equals(taint.getEffect()) || !blank(t.getKey()) && !t.getKey().equals(taint.getKey())) {
      return false;
    }
    return switch (blank(t.getOperator()) ? "Equal" : t.getOperator()) {
      case "Equal" -> (blank(t.getValue()) ? "" : t.getValue()).equals(blank(taint.getValue()) ? "" : taint.getValue());
      case "Exists" -> true;
      default -> false;
    };
  }

  private static boolean blank(String s) {
    return s == null || s.isEmpty();
  }
}
