package io.kubrig.operators.horizontalpodautoscaler;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an autoscaler has recommended and done. Immutable: each step makes a new one. A controller that starts anew knows only the size
 * that it finds, as the native one does.
 *
 * @param recommendations what metrics asked for, before any limit
 * @param ups replicas added
 * @param downs replicas taken away
 */
record History(List<Step> recommendations, List<Step> ups, List<Step> downs) {
  History {
    recommendations = List.copyOf(recommendations);
    ups = List.copyOf(ups);
    downs = List.copyOf(downs);
  }

  /** A number of replicas at a time. */
  record Step(int replicas, Instant at) {}

  /** That of an autoscaler that is met for the first time. */
  static History beginning(int replicas, Instant now) {
    return new History(List.of(new Step(replicas, now)), List.of(), List.of());
  }

  /** With one more recommendation; those that are older than any window are forgotten. */
  History recommended(int replicas, Instant now, Duration longestWindow) {
    Instant cutoff = now.minus(longestWindow);
    return new History(added(recommendations.stream().filter(step -> !step.at().isBefore(cutoff)), replicas, now), ups, downs);
  }

  /** With one more change; those that no policy asks for any more are forgotten. */
  History changed(int before, int after, Instant now, Duration longestPeriod) {
    Instant cutoff = now.minus(longestPeriod);
    return after > before
        ? new History(recommendations, added(ups.stream().filter(step -> !step.at().isBefore(cutoff)), after - before, now), downs)
        : new History(recommendations, ups, added(downs.stream().filter(step -> !step.at().isBefore(cutoff)), before - after, now));
  }

  /** Replicas before a period began: now, less what was added since, more what was taken away. */
  int before(int replicas, Duration period, Instant now) {
    Instant cutoff = now.minus(period);
    return replicas - since(ups, cutoff) + since(downs, cutoff);
  }

  /** Recommendations within a window. */
  Stream<Integer> recommendedWithin(Duration window, Instant now) {
    Instant cutoff = now.minus(window);
    return recommendations.stream().filter(step -> step.at().isAfter(cutoff)).map(Step::replicas);
  }

  private static int since(List<Step> steps, Instant cutoff) {
    return steps.stream().filter(step -> step.at().isAfter(cutoff)).mapToInt(Step::replicas).sum();
  }

  private static List<Step> added(Stream<Step> kept, int replicas, Instant now) {
    return Stream.concat(kept, Stream.of(new Step(replicas, now))).toList();
  }
}
