package io.kubrig.operators.horizontalpodautoscaler;

/** A metric that cannot be had or that says nothing. The message is what users read in conditions and events. */
final class MetricsException extends Exception {
  private static final long serialVersionUID = 1L;

  MetricsException(String message) {
    super(message);
  }
}
