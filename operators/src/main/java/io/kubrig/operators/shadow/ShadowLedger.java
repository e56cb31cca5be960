package io.kubrig.operators.shadow;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Since when one controller has wanted which writes.
 *
 * <p>A write that is not wanted any more at the key's next reconcile has settled: the other manager did it, or made it needless. One that
 * is still wanted after the patience, unchanged and of an object that has not moved, is a difference, told once.
 */
public final class ShadowLedger {
  private final String controller;
  private final Duration patience;
  private final Clock clock;
  private final ShadowReport report;
  private final ConcurrentMap<Key, Map<Wanted, Since>> open = new ConcurrentHashMap<>();

  /** The same write, however its body is put: bodies carry times. @param count how many of them at once */
  private record Wanted(String verb, String resource, String namespace, String name, String revision, int count) {}

  private record Since(Instant first, Write write, Optional<ShadowReport.Difference> told) {}

  /** @param patience how long the other manager may take */
  public ShadowLedger(String controller, Duration patience, Clock clock, ShadowReport report) {
    this.controller = controller;
    this.patience = patience;
    this.clock = clock;
    this.report = report;
  }

  /**
   * A key has been reconciled.
   *
   * @param writes what was wanted
   * @return when the key has to be looked at again; empty when nothing is wanted
   */
  public Optional<Duration> decided(Key key, List<Write> writes) {
    Map<Wanted, Since> before = open.getOrDefault(key, Map.of());
    Map<Wanted, Since> after = new LinkedHashMap<>();
    Instant now = clock.now();
    count(writes).forEach((wanted, write) -> {
      Since since = before.get(wanted);
      after.put(wanted, since == null ? new Since(now, write, Optional.empty()) : grown(key, wanted, since, now));
    });
    before.forEach((wanted, since) -> {
      if (!after.containsKey(wanted)) {
        since.told.ifPresentOrElse(difference -> report.ended(difference, now), report::settled);
      }
    });
    if (after.isEmpty()) {
      open.remove(key);
      return Optional.empty();
    }
    open.put(key, after);
    return after.values().stream().map(since -> since.told.isPresent() ? patience : patience.minus(Duration.between(since.first, now)))
        .min(Duration::compareTo);
  }

  /** Writes that the server would have refused the other manager, too. */
  public void refused(int count) {
    report.refused(count);
  }

  private Since grown(Key key, Wanted wanted, Since since, Instant now) {
    if (since.told.isPresent() || Duration.between(since.first, now).compareTo(patience) < 0) {
      return since;
    }
    return new Since(since.first, since.write, Optional.of(report.different(controller, key, since.write, wanted.count, since.first)));
  }

  private static Map<Wanted, Write> count(List<Write> writes) {
    Map<Wanted, List<Write>> alike = new LinkedHashMap<>();
    for (Write write : writes) {
      alike.computeIfAbsent(new Wanted(write.verb(), write.resource(), write.namespace(), write.name(), write.revision(), 1),
          wanted -> new ArrayList<>()).add(write);
    }
    Map<Wanted, Write> counted = new HashMap<>();
    alike.forEach((one, all) -> counted.put(
        new Wanted(one.verb, one.resource, one.namespace, one.name, one.revision, all.size()), all.getFirst()));
    return counted;
  }
}
