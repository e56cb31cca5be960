package io.kubrig.scheduler.plugins.defaultpreemption;

import io.kubrig.scheduler.extender.Extender.Victims;
import io.kubrig.scheduler.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * A node on which the pod would fit without some victims.
 *
 * @param victims the most important first
 * @param costs how much that hurts
 */
record Candidate(String node, Victims victims, Costs costs) {
  /** More important pods first: higher priority, then longer running. */
  static final Comparator<Pod> BY_IMPORTANCE = Comparator.comparingInt(Pod::priority).reversed().thenComparing(Candidate::started);

  /** What is compared, one after the other; the latest start is negated: less is better everywhere. */
  record Costs(long violations, long highest, long sum, long count, long start) {}

  private static final List<ToLongFunction<Costs>> CRITERIA =
      List.of(Costs::violations, Costs::highest, Costs::sum, Costs::count, Costs::start);

  static Candidate of(String node, Victims victims) {
    List<Pod> pods = victims.pods();
    return new Candidate(node, victims, new Costs(victims.budgetViolations(),
        pods.isEmpty() ? Long.MIN_VALUE : pods.getFirst().priority(),
        pods.stream().mapToLong(p -> p.priority() + (long) Integer.MAX_VALUE + 1).sum(), pods.size(), -earliestOfHighest(pods)));
  }

  static Instant started(Pod pod) {
    return pod.state().started() == null ? Instant.MAX : pod.state().started();
  }

  private static long earliestOfHighest(List<Pod> pods) {
    int highest = pods.stream().mapToInt(Pod::priority).max().orElse(0);
    return pods.stream().filter(p -> p.priority() == highest).map(Candidate::started).min(Comparator.naturalOrder())
        .map(i -> i.equals(Instant.MAX) ? Long.MAX_VALUE : i.toEpochMilli()).orElse(0L);
  }

  /** The one that hurts least: criteria one after the other, each among those the earlier ones left equal. */
  static Optional<Candidate> best(List<Candidate> all) {
    List<Candidate> left = all;
    for (ToLongFunction<Costs> criterion : CRITERIA) {
      if (left.size() <= 1) {
        break;
      }
      left = least(left, criterion);
    }
    return left.stream().findFirst();
  }

  private static List<Candidate> least(List<Candidate> all, ToLongFunction<Costs> criterion) {
    List<Candidate> out = new ArrayList<>();
    long min = Long.MAX_VALUE;
    for (Candidate c : all) {
      long value = criterion.applyAsLong(c.costs);
      if (value < min) {
        min = value;
        out.clear();
      }
      if (value == min) {
        out.add(c);
      }
    }
    return out;
  }
}
