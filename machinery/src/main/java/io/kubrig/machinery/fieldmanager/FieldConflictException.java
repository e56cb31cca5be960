package io.kubrig.machinery.fieldmanager;

import java.util.List;

/**
 * An apply that would change fields of other managers. The API answers 409 with reason Conflict and one cause of type
 * {@code FieldManagerConflict} for each conflict.
 */
public final class FieldConflictException extends RuntimeException {

  /**
   * One field of one other manager.
   *
   * @param manager as messages name it: {@code "kubectl" using apps/v1}
   * @param path {@code .spec.replicas}
   */
  public record Conflict(String manager, String path) {
    /** The message of the cause. */
    public String message() {
      return "conflict with " + manager;
    }
  }

  private final transient List<Conflict> conflicts;

  FieldConflictException(List<Conflict> conflicts) {
    super(message(conflicts), null, false, false);
    this.conflicts = List.copyOf(conflicts);
  }

  /** Grouped by manager. */
  public List<Conflict> conflicts() {
    return conflicts;
  }

  private static String message(List<Conflict> conflicts) {
    if (conflicts.size() == 1) {
      return "Apply failed with 1 conflict: " + conflicts.getFirst().message() + ": " + conflicts.getFirst().path();
    }
    StringBuilder out = new StringBuilder("Apply failed with " + conflicts.size() + " conflicts: ");
    String manager = null;
    for (Conflict conflict : conflicts) {
      if (!conflict.manager().equals(manager)) {
        out.append(manager == null ? "" : "\n").append("conflicts with ").append(conflict.manager()).append(':');
        manager = conflict.manager();
      }
      out.append("\n- ").append(conflict.path());
    }
    return out.toString();
  }
}
