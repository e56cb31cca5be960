package io.kubrig.operators.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.queue.TokenBucket;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Failure zones and how fast their nodes may be given NoExecute taints: at the full rate while most nodes of a zone are well, slowly or
 * not at all when more than a part of them fails, and not at all when every zone is down (then it is rather us who are cut off).
 */
final class Zones {
  /** How a zone is. */
  enum State { NORMAL, PARTIAL, FULL }

  /**
   * The rates.
   *
   * @param normal nodes per second
   * @param secondary nodes per second in a large zone of which more than a part fails
   * @param large from how many nodes a zone is large
   * @param threshold which part
   */
  record Rates(double normal, double secondary, int large, double threshold) {}

  private final Rates rates;
  private final Clock clock;
  private final Map<String, Zone> zones = new HashMap<>();
  private boolean allDown;

  private static final class Zone {
    private final Set<String> waiting = new LinkedHashSet<>();
    private State state = State.NORMAL;
    private double rate;
    private TokenBucket bucket;
  }

  Zones(Rates rates, Clock clock) {
    this.rates = rates;
    this.clock = clock;
  }

  /** The zone of a node, by its labels. */
  static String of(Node node) {
    Map<String, String> labels = Objects.labels(node);
    String region = labels.getOrDefault("topology.kubernetes.io/region",
        labels.getOrDefault("failure-domain.beta.kubernetes.io/region", ""));
    String zone = labels.getOrDefault("topology.kubernetes.io/zone", labels.getOrDefault("failure-domain.beta.kubernetes.io/zone", ""));
    return region.isEmpty() && zone.isEmpty() ? "" : region + ":\0:" + zone;
  }

  /** How a zone is, from the Ready statuses of its nodes. */
  State state(List<String> ready) {
    long up = ready.stream().filter("True"::equals).count();
    long down = ready.size() - up;
    if (down > 0 && up == 0) {
      return State.FULL;
    }
    return down > 2 && (double) down / ready.size() >= rates.threshold() ? State.PARTIAL : State.NORMAL;
  }

  /** What a change of all zones amounts to. */
  enum Turn { NONE, ALL_DOWN, BACK }

  /** Takes in how all zones are, by the Ready statuses of their nodes. */
  synchronized Turn update(Map<String, List<String>> ready) {
    zones.keySet().retainAll(ready.keySet());
    ready.forEach((name, statuses) -> zones.computeIfAbsent(name, n -> zone(State.NORMAL, rates.normal())));
    Map<String, State> states = ready.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> state(e.getValue())));
    boolean down = !states.isEmpty() && states.values().stream().allMatch(state -> state == State.FULL);
    if (down && allDown) {
      return Turn.NONE;
    }
    if (down) {
      allDown = true;
      zones.values().forEach(zone -> limit(zone, State.FULL, 0));
      return Turn.ALL_DOWN;
    }
    boolean back = allDown;
    allDown = false;
    states.forEach((name, state) -> {
      Zone zone = zones.get(name);
      if (back || zone.state != state) {
        limit(zone, state, rate(state, ready.get(name).size()));
      }
    });
    return back ? Turn.BACK : Turn.NONE;
  }

  private double rate(State state, int nodes) {
    if (state == State.PARTIAL) {
      return nodes > rates.large() ? rates.secondary() : 0;
    }
    return rates.normal();
  }

  private Zone zone(State state, double rate) {
    Zone zone = new Zone();
    limit(zone, state, rate);
    return zone;
  }

  private void limit(Zone zone, State state, double rate) {
    zone.state = state;
    if (zone.bucket == null || zone.rate != rate) {
      zone.rate = rate;
      zone.bucket = rate > 0 ? new TokenBucket(clock, rate, 1) : new TokenBucket(clock, 0, 0);
    }
  }

  /** A node is to be tainted when its zone's turn comes. */
  synchronized void enqueue(String zone, String node) {
    zones.computeIfAbsent(zone, z -> zone(State.NORMAL, rates.normal())).waiting.add(node);
  }

  /** A node is not to be tainted after all. */
  synchronized void forget(String node) {
    zones.values().forEach(zone -> zone.waiting.remove(node));
  }

  /** Whether a node waits for its turn. */
  synchronized boolean anyWaits() {
    return zones.values().stream().anyMatch(zone -> !zone.waiting.isEmpty());
  }

  /** The nodes whose turn it is. */
  synchronized List<String> due() {
    List<String> due = new ArrayList<>();
    for (Zone zone : zones.values()) {
      for (var waiting = zone.waiting.iterator(); waiting.hasNext() && zone.bucket.tryTake(); ) {
        due.add(waiting.next());
        waiting.remove();
      }
    }
    return due;
  }
}
