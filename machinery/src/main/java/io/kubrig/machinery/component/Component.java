package io.kubrig.machinery.component;

/** A part that runs: made once, started once, closed once. */
public interface Component extends AutoCloseable {

  /** The native name, such as {@code kube-scheduler}. */
  String name();

  /**
   * Begins the work and returns when the part serves or runs; waiting to become leader counts as running.
   *
   * @throws StartException when it cannot begin: a port in use, a file that is not there, a peer that refuses it
   * @throws InterruptedException when the caller no longer wants it
   */
  void start() throws InterruptedException;

  /** Stops cleanly, within a bound that the part states, and gives everything back. A second call does nothing. */
  @Override
  void close();
}
