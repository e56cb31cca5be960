package io.kubrig.scheduler.shadow;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a shadow would have decided differently: counted in {@code kubrig_scheduler_shadow_decisions_total}, each difference in the log,
 * the last of them on a page.
 */
public final class ShadowReport {
  private static final Logger LOG = LoggerFactory.getLogger(ShadowReport.class);
  private static final int KEPT = 200;

  /**
   * One comparison.
   *
   * @param here the node chosen here; empty: none
   * @param there the node chosen by the other scheduler; empty: none
   * @param why scores or messages of both
   */
  public record Comparison(Outcome outcome, String pod, String here, String there, String why) {}

  private record Kept(Instant at, Comparison comparison) {}

  private final Clock clock;
  private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
  private final Counter evictions;
  private final Deque<Kept> differences = new ArrayDeque<>(); // guarded by itself

  public ShadowReport(MeterRegistry metrics, Clock clock) {
    this.clock = clock;
    for (Outcome o : Outcome.values()) {
      counters.put(o, Counter.builder("kubrig_scheduler_shadow_decisions_total")
          .description("Pods about which this scheduler decided as a shadow of another one, by how the two decisions compare.")
          .tag("outcome", o.label()).register(metrics));
    }
    this.evictions = Counter.builder("kubrig_scheduler_shadow_evictions_total")
        .description("Pods that this scheduler would have evicted.").register(metrics);
  }

  /** Two decisions about one pod were compared. */
  public void compared(Comparison c) {
    if (c.outcome.isDifference()) {
      keep(c);
    } else {
      LOG.debug("Pod {}: {} on {}", c.pod, c.outcome.label(), c.there);
    }
    counters.get(c.outcome).increment();
  }

  private void keep(Comparison c) {
    LOG.warn("Pod {}: decisions differ ({}): here {}, there {}: {}", c.pod, c.outcome.label(), c.here.isEmpty() ? "no node" : c.here,
        c.there.isEmpty() ? "no node" : c.there, c.why);
    synchronized (differences) {
      differences.addLast(new Kept(clock.now(), c));
      if (differences.size() > KEPT) {
        differences.removeFirst();
      }
    }
  }

  /** A pod would have been evicted. */
  void evicted(String pod) {
    evictions.increment();
    LOG.info("Pod {} would have been evicted here", pod);
  }

  /** The last differences, oldest first. */
  public List<Comparison> differences() {
    synchronized (differences) {
      return differences.stream().map(Kept::comparison).toList();
    }
  }

  /** Counts and last differences as JSON. */
  public String page() {
    Tree decisions = new Tree();
    counters.forEach((o, c) -> decisions.set(o.label(), (long) c.count()));
    List<Object> list = new ArrayList<>();
    synchronized (differences) {
      differences.forEach(k -> list.add(Tree.of("time", k.at.toString(), "outcome", k.comparison.outcome.label(), "pod", k.comparison.pod,
          "here", k.comparison.here, "there", k.comparison.there, "why", k.comparison.why)));
    }
    return Json.text(Tree.of("decisions", decisions, "differences", list));
  }
}
