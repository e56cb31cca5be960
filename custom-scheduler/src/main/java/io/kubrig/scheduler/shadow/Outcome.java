package io.kubrig.scheduler.shadow;

/** How what this scheduler would have done compares with what the other one did. */
public enum Outcome {
  /** The same node. */
  SAME("same"),
  /** Another node with the same score: either might have been chosen. */
  TIED("tied"),
  /** Another node. */
  DIFFERENT("different"),
  /** There was a node here; the other scheduler has not used any for half a minute. */
  ONLY_HERE("only_here"),
  /** The other scheduler placed at its first attempt what was refused here. */
  ONLY_THERE("only_there");

  private final String label;

  Outcome(String label) {
    this.label = label;
  }

  /** The value in metrics and on pages. */
  public String label() {
    return label;
  }

  /** Whether someone should look at it. */
  public boolean isDifference() {
    return switch (this) {
      case SAME, TIED -> false;
      case DIFFERENT, ONLY_HERE, ONLY_THERE -> true;
    };
  }
}
