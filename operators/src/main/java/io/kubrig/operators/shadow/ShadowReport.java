package io.kubrig.operators.shadow;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Write;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a shadow would have acted differently: counted in {@code kubrig_controller_manager_shadow_differences_total}, each difference in
 * the log, the last of them on a page.
 */
public final class ShadowReport {
  private static final Logger LOG = LoggerFactory.getLogger(ShadowReport.class);
  private static final int KEPT = 200;
  private static final List<String> CONFIDENTIAL = List.of("secrets", "serviceaccounts/token");

  private final MeterRegistry metrics;
  private final Clock clock;
  private final Counter settled;
  private final Counter different;
  private final Counter refused;
  private final Deque<Difference> differences = new ArrayDeque<>(); // guarded by itself

  /** One write that is wanted here and was not done by the other manager. Compared by identity. */
  public static final class Difference {
    private final String controller;
    private final Key key;
    private final Write write;
    private final int count;
    private final Instant since;
    private final Instant told;
    private Optional<Instant> ended = Optional.empty(); // guarded by the report's list

    private Difference(String controller, Key key, Write write, int count, Instant since, Instant told) {
      this.controller = controller;
      this.key = key;
      this.write = write;
      this.count = count;
      this.since = since;
      this.told = told;
    }

    /** Which controller wants it. */
    public String controller() {
      return controller;
    }

    /** The write. */
    public Write write() {
      return write;
    }

    @Override
    public String toString() {
      return controller + " " + key + ": " + write + (count > 1 ? " (" + count + " times)" : "");
    }
  }

  /** Registers the metrics. */
  public ShadowReport(MeterRegistry metrics, Clock clock) {
    this.metrics = metrics;
    this.clock = clock;
    this.settled = writes("settled");
    this.different = writes("different");
    this.refused = writes("refused");
  }

  private Counter writes(String outcome) {
    return Counter.builder("kubrig_controller_manager_shadow_writes_total")
        .description("Writes that the controllers wanted as a shadow of another manager, by what became of them: settled in time, "
            + "refused by the server, or different.")
        .tag("outcome", outcome).register(metrics);
  }

  /** A write is not wanted any more. */
  void settled() {
    settled.increment();
  }

  /** Writes that the server does not let be done. */
  void refused(int count) {
    refused.increment(count);
  }

  /** A write is still wanted. @param since since when it has been */
  Difference different(String controller, Key key, Write write, int count, Instant since) {
    Instant now = clock.now();
    Difference difference = new Difference(controller, key, write, count, since, now);
    LOG.warn("{}: {} is wanted here and has not been done by the other manager for {}: {}", controller, write,
        Duration.between(since, now), shown(write));
    different.increment();
    Counter.builder("kubrig_controller_manager_shadow_differences_total")
        .description("Writes that the controllers wanted as a shadow of another manager, which did not do them in time.")
        .tag("controller", controller).tag("verb", write.verb()).tag("resource", write.resource()).register(metrics).increment();
    synchronized (differences) {
      differences.addLast(difference);
      if (differences.size() > KEPT) {
        differences.removeFirst();
      }
    }
    return difference;
  }

  /** What was told is not wanted any more. */
  void ended(Difference difference, Instant now) {
    LOG.info("{}: {} is not wanted any more", difference.controller, difference.write);
    synchronized (differences) {
      difference.ended = Optional.of(now);
    }
  }

  private static String shown(Write write) {
    boolean confidential = CONFIDENTIAL.stream().anyMatch(resource -> write.resource().equals(resource));
    return confidential ? "(not shown)" : write.body();
  }

  /** The last differences, oldest first. */
  public List<Difference> differences() {
    synchronized (differences) {
      return List.copyOf(differences);
    }
  }

  /** Counts and last differences as JSON. */
  public String page() {
    Tree counts = Tree.of("settled", (long) settled.count(), "different", (long) different.count(),
        "refused", (long) refused.count());
    List<Object> list;
    synchronized (differences) {
      list = differences.stream().<Object>map(ShadowReport::tree).toList();
    }
    return Json.text(Tree.of("writes", counts, "differences", list));
  }

  private static Tree tree(Difference difference) {
    Write write = difference.write;
    Tree tree = Tree.of("time", difference.told.toString(), "since", difference.since.toString(), "controller", difference.controller,
        "key", difference.key.toString(), "verb", write.verb(), "resource", write.resource(), "namespace", write.namespace(),
        "name", write.name(), "count", (long) difference.count, "body", shown(write));
    difference.ended.ifPresent(end -> tree.set("ended", end.toString()));
    return tree;
  }
}
