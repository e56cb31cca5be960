package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import java.util.List;

/** Says which events may make a pod schedulable that this plugin has turned down. Without it every event may. */
public interface EnqueueExtensions extends Plugin {

  /** An event of interest and a closer look at it. */
  record Registration(EventKind event, Hint hint) {
    /** Every event of the kind is worth another attempt. */
    public static Registration of(EventKind event) {
      return new Registration(event, (pod, before, after) -> true);
    }
  }

  /** Decides whether one event may help one pod. */
  @FunctionalInterface
  interface Hint {
    /**
     * @param before the object before the event; null when it was created
     * @param after the object after the event; null when it was deleted
     */
    boolean mayHelp(Pod pod, Object before, Object after);
  }

  List<Registration> events();
}
