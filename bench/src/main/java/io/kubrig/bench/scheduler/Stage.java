package io.kubrig.bench.scheduler;

import java.util.Map;

/** The cluster that a workload runs in, with the scheduler that is measured. Objects are trees. Thread-safe. */
interface Stage extends AutoCloseable {
  /** How many threads may create objects at once. */
  int creators();

  /** Creates an object; returns its UID. */
  String create(Map<String, Object> object);

  /** Lays an object over the present one of its name. */
  void update(Map<String, Object> object, boolean resize);

  /** Gives an object the status of this one. */
  void updateStatus(Map<String, Object> object);

  /** Deletes an object at once, unless it has finalizers. */
  void delete(String kind, String namespace, String name);

  /** Tells the progress about pods that were tried in vain, where it does not hear of them by itself. */
  void tellAttempted();

  /** Holds the scheduler back, where that is possible; it knows then of all that was done before. */
  void hold() throws InterruptedException;

  /** Lets it go on; whether it had been held back. */
  boolean release();

  /** Processor time used so far, in nanoseconds. */
  Cost cost();

  /**
   * Processor time in nanoseconds.
   *
   * @param process of the whole process of the scheduler; in process the benchmark itself included
   * @param deciding of the thread that decides; 0 when it cannot be told apart
   */
  record Cost(long process, long deciding) {
    Cost since(Cost before) {
      return new Cost(process - before.process, deciding - before.deciding);
    }
  }

  @Override
  void close() throws InterruptedException;
}
