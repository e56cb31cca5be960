package io.kubrig.standalone;

/**
 * How many threads of the operating system carry the virtual ones: more than there are processors.
 *
 * <p>The scheduler of virtual threads keeps one queue for each of (some of) the platform threads that start or wake virtual ones, and one
 * of its own for each carrier. A carrier that has taken from a queue goes on with it as long as it finds something there (source: {@code
 * ForkJoinPool.runWorker} of JDK 25). With as many carriers as processors and a busy network front, each carrier stays with the queue of
 * one event loop, and what the commit loop has acknowledged or the clock has started waits until the loops have nothing to do. On two
 * processors, under gets without a pause, creates got a thirtieth of their share. With more carriers than such queues none is left alone,
 * and the operating system shares the processors out between them.
 */
final class Carriers {
  private static final String PROPERTY = "jdk.virtualThreadScheduler.parallelism";

  /** For the commit loop, the clock, and what else starts virtual threads from outside, beside the event loops. */
  private static final int OTHERS = 8;

  private Carriers() {}

  /** Provides for enough carriers unless the property says how many; to be called before the first virtual thread starts. */
  static void provide() {
    if (System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, Integer.toString(of(Runtime.getRuntime().availableProcessors())));
    }
  }

  static int of(int processors) {
    return 2 * processors + OTHERS;
  }
}
