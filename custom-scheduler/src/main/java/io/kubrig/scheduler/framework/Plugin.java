package io.kubrig.scheduler.framework;

/** Something that takes part in scheduling decisions by implementing one or more of the extension points of this package. */
public interface Plugin {
  /** The name in configurations, statuses and metrics. */
  String name();
}
