package io.kubrig.testkit.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets things go wrong in a cluster, by rule or by seed.
 *
 * <pre>{@code
 * cluster.faults().next(1, CallPattern.calls().verb("update").by("operator"), Fault.conflict());
 * try (Faults.Held late = cluster.faults().hold(CallPattern.calls().resource("configmaps").by("operator"))) {
 *   ... the operator's cache is stale here ...
 * }
 * }</pre>
 */
public final class Faults {
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Held> held = new CopyOnWriteArrayList<>();
  private final List<WatchStream> watches = new CopyOnWriteArrayList<>();
  private final Map<String, AtomicInteger> times = new ConcurrentHashMap<>(); // how often each call was made since there is a plan
  private final List<Strike> struck = new CopyOnWriteArrayList<>();
  private volatile FaultPlan plan = FaultPlan.NONE;

  /** @param left how often the rule still strikes */
  private record Rule(CallPattern calls, Fault fault, AtomicInteger left) {
    boolean strikes(Call call) {
      return calls.test(call) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }
  }

  /** The next calls that the pattern picks go wrong, so many times. */
  public void next(int times, CallPattern calls, Fault fault) {
    rules.add(new Rule(calls, fault, new AtomicInteger(times)));
  }

  /** Every call that the pattern picks goes wrong until {@link #clear}. */
  public void always(CallPattern calls, Fault fault) {
    next(Integer.MAX_VALUE, calls, fault);
  }

  /**
   * Some of the calls go wrong, in ways that a client has to expect: conflicts, refusals, answers lost before and after the commit. The
   * same seed gives the same faults.
   *
   * @param share of the calls, between 0 and 1
   */
  public void random(long seed, double share, CallPattern calls) {
    follow(FaultPlan.random(seed, share, calls));
  }

  /** Exactly these calls go wrong, from now on: what {@link #struck} answered before, or a part of it. */
  public void replay(List<Strike> strikes) {
    follow(FaultPlan.of(strikes));
  }

  /** As {@link #replay(List)}, as failures print them. */
  public void replay(String strikes) {
    replay(Strike.parse(strikes));
  }

  private void follow(FaultPlan next) {
    times.clear();
    struck.clear();
    plan = next;
  }

  /** The faults of {@link #random} or {@link #replay} that have struck until now, oldest first. */
  public List<Strike> struck() {
    return List.copyOf(struck);
  }

  /**
   * Watches that the pattern picks (by client, resource and namespace), open ones and those to come, hear nothing until the answer is
   * closed: who depends on them acts on stale caches. Nothing is lost: everything is heard, late.
   */
  public Held hold(CallPattern calls) {
    Held made = new Held(calls);
    held.add(made);
    return made;
  }

  /** The next events of watches that the pattern picks are never heard of, as if a bug had eaten them. */
  public void dropEvents(int count, CallPattern calls) {
    AtomicInteger left = new AtomicInteger(count);
    watches.stream().filter(watch -> calls.test(watch.call())).forEach(watch -> watch.drop(left));
  }

  /** Ends the open watches that the pattern picks, as a server does that goes down; clients begin again where they were. */
  public void closeWatches(CallPattern calls) {
    watches.stream().filter(watch -> calls.test(watch.call())).forEach(WatchStream::end);
  }

  /** Ends the open watches that the pattern picks with 410 Gone: clients have to list again. */
  public void expireWatches(CallPattern calls) {
    watches.stream().filter(watch -> calls.test(watch.call())).forEach(WatchStream::expire);
  }

  /** From now on everything goes right. */
  public void clear() {
    rules.clear();
    plan = FaultPlan.NONE;
    new ArrayList<>(held).forEach(Held::close);
  }

  Optional<Fault> strike(Call call) {
    Optional<Fault> ruled = rules.stream().filter(rule -> rule.strikes(call)).map(Rule::fault).findFirst();
    return ruled.isPresent() ? ruled : planned(call);
  }

  private Optional<Fault> planned(Call call) {
    FaultPlan now = plan;
    if (now == FaultPlan.NONE || call.verb().equals("watch")) {
      return Optional.empty();
    }
    String text = call.toString();
    int time = times.computeIfAbsent(text, t -> new AtomicInteger()).incrementAndGet();
    Optional<Fault> fault = now.of(call, text, time);
    fault.ifPresent(wrong -> struck.add(new Strike(time, text, wrong)));
    return fault;
  }

  void opened(WatchStream watch) {
    watches.add(watch);
  }

  void ended(WatchStream watch) {
    watches.remove(watch);
  }

  boolean holds(Call call) {
    return held.stream().anyMatch(hold -> hold.calls.test(call));
  }

  /** Watches that hear nothing for now. */
  public final class Held implements AutoCloseable {
    private final CallPattern calls;

    private Held(CallPattern calls) {
      this.calls = calls;
    }

    /** Lets the watches hear all they have missed. */
    @Override
    public void close() {
      if (held.remove(this)) {
        watches.forEach(WatchStream::flush);
      }
    }
  }
}
