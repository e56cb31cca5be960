package io.kubrig.testkit;

import io.kubrig.testkit.traffic.CallPattern;
import io.kubrig.testkit.traffic.Shrink;
import io.kubrig.testkit.traffic.Strike;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Runs the same test under many plans of faults, each in a fork of a prepared cluster, and boils a failure down to the faults that it
 * takes.
 *
 * <pre>{@code
 * FaultSweep.of(cluster).calls(CallPattern.calls().by("my-operator")).share(0.1).seeds(1, 50).check(fork -> {
 *   fork.operator(fork.clientFor("my-operator"), settings -> {}) ...
 *   fork.advance(Duration.ofHours(1));
 *   assertThat(...);
 * });
 * }</pre>
 *
 * The system property {@code kubrig.seed} makes it run with that one seed. Names that a test generates at random change from run to run,
 * and with them the calls: give the cluster a seeded {@link ClusterBuilder#random} when there are any.
 */
public final class FaultSweep {
  private static final String SEED = "kubrig.seed";

  private final KubrigCluster prepared;
  private CallPattern calls = CallPattern.calls();
  private double share = 0.1;
  private long first = 1;
  private int count = 20;

  private FaultSweep(KubrigCluster prepared) {
    this.prepared = prepared;
  }

  /** What is done and asserted under faults. It is run many times, in a cluster of its own each. */
  @FunctionalInterface
  public interface Body {
    void run(KubrigCluster cluster) throws Exception;
  }

  /** @param prepared every trial begins with what is in it */
  public static FaultSweep of(KubrigCluster prepared) {
    return new FaultSweep(prepared);
  }

  /** Which calls may go wrong: all unless said otherwise. */
  public FaultSweep calls(CallPattern pattern) {
    calls = pattern;
    return this;
  }

  /** How many of them do, between 0 and 1: a tenth unless said otherwise. */
  public FaultSweep share(double wrong) {
    share = wrong;
    return this;
  }

  /** Twenty seeds from 1 on unless said otherwise. */
  public FaultSweep seeds(long from, int many) {
    first = from;
    count = many;
    return this;
  }

  /**
   * Runs the test under every plan.
   *
   * @throws AssertionError when it fails under one of them: it tells the seed, the fewest faults with which the test still fails, and how
   * to replay them
   */
  public void check(Body body) throws Exception {
    Long only = Long.getLong(SEED);
    for (long seed = only != null ? only : first; seed < (only != null ? only + 1 : first + count); seed++) {
      try (KubrigCluster fork = prepared.fork()) {
        fork.faults().random(seed, share, calls);
        Optional<Throwable> failure = failure(fork, body);
        if (failure.isPresent()) {
          throw shrunk(seed, fork.faults().struck(), failure.get(), body);
        }
      }
    }
  }

  private static Optional<Throwable> failure(KubrigCluster cluster, Body body) throws InterruptedException {
    try {
      body.run(cluster);
      return Optional.empty();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError e) {
      return Optional.of(e);
    }
  }

  private AssertionError shrunk(long seed, List<Strike> struck, Throwable failure, Body body) throws Exception {
    Throwable[] last = {failure};
    String begin = "seed " + seed + " (-D" + SEED + "=" + seed + "): the test fails with " + struck.size() + " faults";
    if (!fails(struck, body, last)) {
      return new AssertionError(
          begin + ", but not when the same are replayed: it depends on how threads interleave. They were:\n" + lines(struck), failure);
    }
    List<Strike> few = Shrink.smallest(struck, some -> fails(some, body, last));
    return new AssertionError(
        begin + ", of which " + few.size() + " are enough. Replay them with cluster.faults().replay(\"\"\"\n" + lines(few) + "\n\"\"\")",
        last[0]);
  }

  private boolean fails(List<Strike> strikes, Body body, Throwable[] last) throws InterruptedException {
    try (KubrigCluster fork = prepared.fork()) {
      fork.faults().replay(strikes);
      Optional<Throwable> failure = failure(fork, body);
      failure.ifPresent(found -> last[0] = found);
      return failure.isPresent();
    }
  }

  private static String lines(List<Strike> strikes) {
    return strikes.stream().map(strike -> "    " + strike).collect(Collectors.joining("\n"));
  }
}
