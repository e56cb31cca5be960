package io.kubrig.scheduler.plugins.defaultpreemption;

import io.kubrig.scheduler.extender.Extender.Victims;
import io.kubrig.scheduler.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** A node on which the pod would fit without some victims, the most important first. */
record Candidate(String node, Victims victims) {
  /** More important pods first: higher priority, then longer running. */
  static final Comparator<Pod> BY_IMPORTANCE = Comparator.comparingInt(Pod::priority).reversed().thenComparing(Candidate::started);

  private static final List<ToLongFunction<Candidate>> CRITERIA = List.of(
      c -> c.victims.budgetViolations(),
      c -> c.victims.pods().isEmpty() ? Long.MIN_VALUE : c.victims.pods().getFirst().priority(),
      c -> c.victims.pods().stream().mapToLong(p -> p.priority() + (long) Integer.MAX_VALUE + 1).sum(),
      c -> c.victims.pods().size(),
      c -> -earliestOfHighest(c));

  static Instant started(Pod pod) {
    return pod.state().started() == null ? Instant.MAX : pod.state().started();
  }

  private static long earliestOfHighest(Candidate c) {
    int highest = c.victims.pods().stream().mapToInt(Pod::priority).max().orElse(0);
    return c.victims.pods().stream().filter(p -> p.priority() == highest).map(Candidate::started).min(Comparator.naturalOrder())
        .map(i -> i.equals(Instant.MAX) ? Long.MAX_VALUE : i.toEpochMilli()).orElse(0L);
  }

  /** The one that hurts least: criteria one after the other, each among those the earlier ones left equal. */
  static Optional<Candidate> best(List<Candidate> all) {
    List<Candidate> left = all;
    for (ToLongFunction<Candidate> criterion : CRITERIA) {
      long min = left.stream().mapToLong(criterion).min().orElse(0);
      List<Candidate> equal = new ArrayList<>();
      left.stream().filter(c -> criterion.applyAsLong(c) == min).forEach(equal::add);
      left = equal;
    }
    return left.stream().findFirst();
  }
}
