package io.kubrig.machinery.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import java.util.Arrays;

/** Bucket boundaries of native histograms, and histograms that have them. */
public final class Buckets {
  /** Stands for the boundary 0, which Micrometer does not take. */
  static final double ZERO = Double.MIN_VALUE;

  private static final double[] DEFAULT = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

  private Buckets() {}

  /** The boundaries a native histogram has when it names none. */
  public static double[] standard() {
    return DEFAULT.clone();
  }

  /** {@code count} boundaries, the first at {@code start}, each {@code factor} times the one before. */
  public static double[] exponential(double start, double factor, int count) {
    double[] bounds = new double[count];
    double bound = start;
    for (int i = 0; i < count; i++) {
      bounds[i] = bound;
      bound *= factor;
    }
    return bounds;
  }

  /** {@code count} boundaries, the first at {@code start}, each {@code width} more than the one before. */
  public static double[] linear(double start, double width, int count) {
    double[] bounds = new double[count];
    for (int i = 0; i < count; i++) {
      bounds[i] = start + i * width;
    }
    return bounds;
  }

  /** A histogram of that name with those boundaries; record seconds in histograms whose name ends in {@code _seconds}. */
  public static DistributionSummary.Builder histogram(String name, double... bounds) {
    double[] positive = Arrays.stream(bounds).map(bound -> bound == 0 ? ZERO : bound).toArray();
    return DistributionSummary.builder(name)
        .serviceLevelObjectives(positive)
        .minimumExpectedValue(positive[0])
        .maximumExpectedValue(positive[positive.length - 1]);
  }
}
