package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;

/** Decides whether a pod may enter the active queue at all. Must be quick; failing pods wait for an event of the plugin. */
public interface PreEnqueuePlugin extends Plugin {
  Status preEnqueue(Pod pod);
}
