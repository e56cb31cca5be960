package io.kubrig.kubelet.probe;

/** What one attempt of a probe found. {@code output} is what events show. */
public record ProbeOutcome(Kind kind, String output) {
  /** The kinds of outcome. */
  public enum Kind {
    SUCCESS,
    /** Counts as success, and is told. */
    WARNING,
    FAILURE,
    /** The probe itself could not be made. */
    ERROR
  }

  static ProbeOutcome success(String output) {
    return new ProbeOutcome(Kind.SUCCESS, output);
  }

  static ProbeOutcome warning(String output) {
    return new ProbeOutcome(Kind.WARNING, output);
  }

  static ProbeOutcome failure(String output) {
    return new ProbeOutcome(Kind.FAILURE, output);
  }

  static ProbeOutcome error(String output) {
    return new ProbeOutcome(Kind.ERROR, output);
  }
}
