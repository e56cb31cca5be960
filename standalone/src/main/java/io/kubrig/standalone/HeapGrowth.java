package io.kubrig.standalone;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;

/**
 * Keeps garbage from making a process large. The serial collector looks at its old generation only when the heap has reached its bound,
 * half of the machine's memory by default: until then whatever survives two young collections stays, dead or alive. A controller manager
 * with forty megabytes of living objects grew to eight hundred in this way.
 *
 * <p>Here the whole heap is collected whenever it has become twice as large as what was alive after the last time, which is when Go's
 * collector runs too. The pause is that of the living objects alone, and the more of them there are the rarer it gets.
 */
final class HeapGrowth implements Runnable {
  private static final String PROPERTY = "kubrig.heap.growth";
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** So much garbage may lie about, however little is alive. Unit: bytes. */
  private static final long LITTER = 48L << 20;

  private final Clock clock;
  private final Runtime machine;

  private HeapGrowth(Clock clock, Runtime machine) {
    this.clock = clock;
    this.machine = machine;
  }

  /** Begins, if the launcher has chosen a collector that needs it and says so by the system property {@code kubrig.heap.growth}. */
  static void bound() {
    if (System.getProperty(PROPERTY) != null) {
      Thread.ofPlatform().daemon().name("heap").start(new HeapGrowth(Clock.system(), Runtime.getRuntime()));
    }
  }

  /** Whether it is time to collect. @param alive what was left by the last collection; zero before the first */
  static boolean isDue(long used, long alive) {
    return used > Math.max(2 * alive, alive + LITTER);
  }

  @Override
  public void run() {
    long alive = 0;
    try {
      while (true) {
        clock.sleep(PERIOD);
        if (isDue(used(), alive)) {
          System.gc();
          alive = used();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long used() {
    return machine.totalMemory() - machine.freeMemory();
  }
}
