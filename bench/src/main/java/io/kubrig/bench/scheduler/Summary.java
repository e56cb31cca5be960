package io.kubrig.bench.scheduler;

import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What came of the workloads that have a threshold, as one table of values separated by tabs: a line for each, the one with the lowest
 * ratio first, then the geometric means and the least ratios of groups of them. Lines that begin with {@code #} are for people.
 */
final class Summary {
  private static final int HARD = 60;

  /** Three ways to look at a result: pods a second of something, as a number and as a multiple of the threshold. */
  private record View(ToDoubleFunction<Result> perSecond) {
    double times(Result r) {
      return perSecond.applyAsDouble(r) / r.workload().threshold();
    }
  }

  private static final List<View> VIEWS =
      List.of(new View(Result::perSecond), new View(Result::perCpuSecond), new View(Result::perDecidingSecond));

  private final List<Result> judged;

  Summary(List<Result> results) {
    judged = results.stream().filter(Result::isJudged).sorted(Comparator.comparing(VIEWS.getFirst()::times)).toList();
  }

  /** The table; empty when no workload had a threshold. */
  String table() {
    if (judged.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    out.append("workload\tthreshold\tpods_per_second\ttimes\tpods_per_cpu_second\ttimes_by_cpu\tpods_per_deciding_second\t"
        + "times_by_deciding_thread\n");
    for (Result r : judged) {
      out.append(r.workload().id()).append('\t').append(r.workload().threshold());
      for (View v : VIEWS) {
        out.append(String.format("\t%.0f\t%.1f", v.perSecond.applyAsDouble(r), v.times(r)));
      }
      out.append('\n');
    }
    group("geometric-mean", out, r -> true, Summary::geometricMean);
    group("geometric-mean-of-affinity-and-spreading-up-to-" + HARD, out, Summary::isHard, Summary::geometricMean);
    group("minimum", out, r -> true, times -> times.stream().mapToDouble(t -> t).min().orElse(0));
    group("minimum-of-affinity-and-spreading-up-to-" + HARD, out, Summary::isHard,
        times -> times.stream().mapToDouble(t -> t).min().orElse(0));
    return out.toString();
  }

  private interface Fold {
    double of(List<Double> times);
  }

  private void group(String name, StringBuilder out, Predicate<Result> which, Fold fold) {
    List<Result> members = judged.stream().filter(which).toList();
    if (!members.isEmpty()) {
      out.append(name).append('\t').append(members.size()).append(" workloads");
      for (View v : VIEWS) {
        out.append(String.format("\t\t%.1f", fold.of(members.stream().map(v::times).toList())));
      }
      out.append('\n');
    }
  }

  /** The cases that upstream's scheduler finds hard: of affinity and spreading, with a low threshold. */
  private static boolean isHard(Result r) {
    return r.workload().threshold() <= HARD
        && (r.workload().benchmark().contains("Affinity") || r.workload().benchmark().contains("Spreading"));
  }

  private static double geometricMean(List<Double> times) {
    return Math.exp(times.stream().mapToDouble(Math::log).average().orElse(0));
  }
}
