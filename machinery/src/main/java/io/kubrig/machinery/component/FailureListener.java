package io.kubrig.machinery.component;

/** Hears that a running component can no longer do its work, such as a leader that lost its lease. The program then ends it. */
@FunctionalInterface
public interface FailureListener {
  void failed(String component, String reason);

  /** A component has done all that it was started for: the program ends it, too, and has succeeded. */
  default void finished(String component) {}
}
