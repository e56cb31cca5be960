package io.kubrig.machinery.quantity;

/** Text that is no quantity; the message is the native one. */
public final class QuantityException extends IllegalArgumentException {
  static final String FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  static final String SUFFIX = "unable to parse quantity's suffix";
  static final String NUMERIC = "unable to parse numeric part of quantity";

  QuantityException(String message) {
    super(message);
  }
}
