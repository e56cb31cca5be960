package io.kubrig.standalone;

/** What {@code up} starts and keeps running until it is told to stop. */
interface KeptUp extends AutoCloseable {

  /** Starts everything and returns when it works. */
  void start() throws InterruptedException;

  /** Stops the parts, the last started first; one that does not stop in time is left behind, so that the others still stop cleanly. */
  @Override
  void close();
}
