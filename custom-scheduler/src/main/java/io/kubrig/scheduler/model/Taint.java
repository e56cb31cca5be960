package io.kubrig.scheduler.model;

/** A taint of a node. */
public record Taint(String key, String value, String effect) {
  public static final String NO_SCHEDULE = "NoSchedule";
  public static final String PREFER_NO_SCHEDULE = "PreferNoSchedule";
  public static final String NO_EXECUTE = "NoExecute";

  public Taint {
    value = value == null ? "" : value;
  }

  /** Whether the taint keeps away pods that do not tolerate it (as opposed to making the node less welcome). */
  public boolean repels() {
    return effect.equals(NO_SCHEDULE) || effect.equals(NO_EXECUTE);
  }
}
