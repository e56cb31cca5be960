package io.kubrig.scheduler.framework;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A kind of object and what may happen to it. Names as in the native framework. */
public record EventKind(Subject subject, Set<Action> actions) {

  /** What an event is about. */
  public enum Subject {
    /** A pod on a node. */
    ASSIGNED_POD,
    /** The waiting pod itself. */
    UNSCHEDULED_POD,
    NODE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    STORAGE_CLASS,
    CSI_NODE,
    CSI_DRIVER,
    CSI_STORAGE_CAPACITY,
    VOLUME_ATTACHMENT,
    RESOURCE_CLAIM,
    RESOURCE_SLICE,
    DEVICE_CLASS,
    POD_GROUP
  }

  /** What happened. An update is told by what it changed. */
  public enum Action {
    ADD,
    DELETE,
    /** Any change of an object other than nodes and pods, or one that no finer word describes. */
    UPDATE,
    UPDATE_NODE_ALLOCATABLE,
    UPDATE_NODE_LABEL,
    UPDATE_NODE_TAINT,
    UPDATE_NODE_CONDITION,
    UPDATE_NODE_ANNOTATION,
    UPDATE_NODE_DECLARED_FEATURE,
    UPDATE_POD_LABEL,
    UPDATE_POD_SCALE_DOWN,
    UPDATE_POD_TOLERATION,
    UPDATE_POD_SCHEDULING_GATES_ELIMINATED,
    UPDATE_POD_GENERATED_RESOURCE_CLAIM
  }

  public EventKind {
    actions = Set.copyOf(actions);
  }

  /** A subject with one or more actions. */
  public static EventKind of(Subject subject, Action first, Action... more) {
    return new EventKind(subject, EnumSet.of(first, more));
  }

  /** The name in metrics, such as {@code NodeUpdateNodeTaint}. Several actions at once have each a name; the first is given. */
  public String label() {
    return title(subject.name()) + actions.stream().sorted().findFirst().map(a -> title(a.name())).orElse("");
  }

  private static String title(String name) {
    StringBuilder out = new StringBuilder();
    for (String word : name.split("_")) {
      out.append(word.equals("CSI") ? word : word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT));
    }
    return out.toString();
  }

  /** Whether an event of another kind (what happened) is of this kind (what is asked for). */
  public boolean covers(EventKind happened) {
    if (subject != happened.subject) {
      return false;
    }
    for (Action a : happened.actions) {
      if (actions.contains(a)) {
        return true;
      }
    }
    return false;
  }
}
