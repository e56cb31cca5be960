package io.kubrig.operators.engine;

import java.time.Duration;

/**
 * One controller: watches objects, is told keys, and makes the world look as the objects say.
 *
 * <p>Level-triggered and idempotent: {@link #reconcile} must reach the same end whatever events were lost, repeated or late.
 */
public interface Controller {

  /** Sets up the watches; called once, before any reconcile. Handlers run on the cache's thread: they only put keys into the queue. */
  void watch(Queue queue);

  /**
   * Brings one key to its desired state. Never runs twice at once for a key.
   *
   * @throws RuntimeException any failure; the key is retried with back-off, conflicts quietly
   * @throws InterruptedException when the manager stops
   */
  Outcome reconcile(Key key) throws InterruptedException;

  /** How long a key waits after failures. */
  default Retries retries() {
    return Retries.DEFAULT;
  }

  /** Runs work that no key stands for (periodic sweeps); called once after the caches have synced. */
  default void started() {}

  /** Ends what {@link #started} began; called once, when the manager stops. */
  default void stopped() {}

  /**
   * The pauses after failures of one key in a row.
   *
   * @param first the first one; each further one is twice as long
   * @param longest the most
   */
  record Retries(Duration first, Duration longest) {
    /** What most controllers do. */
    public static final Retries DEFAULT = new Retries(Duration.ofMillis(5), Duration.ofSeconds(1000));
  }
}
