package io.kubrig.machinery.component;

/** Hears that a running component can no longer do its work, such as a leader that lost its lease. The program then ends it. */
@FunctionalInterface
public interface FailureListener {
  void failed(String component, String reason);
}
