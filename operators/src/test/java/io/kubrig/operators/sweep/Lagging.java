package io.kubrig.operators.sweep;

/** What learns of a kind's changes later than they happen, and only when it is told to. */
interface Lagging {
  /** Whether there is something that it does not know. */
  boolean lags();

  /** Learns of the next change. */
  void step();

  /** Lists anew, which hides what was between. */
  void relist();

  /** Learns of all there is. */
  void catchUp();

  /** The revision up to which it knows the kind. */
  long seen();
}
