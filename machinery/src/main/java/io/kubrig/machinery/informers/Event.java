package io.kubrig.machinery.informers;

/** What one line of a watch says. (Source: API reference, WatchEvent.) */
sealed interface Event<T> {
  /** An object has come or changed. @param added whether the server calls it new, which objects of the first state are, too */
  record Shown<T>(T object, boolean added) implements Event<T> {}

  /** An object has gone. @param object its last state */
  record Gone<T>(T object) implements Event<T> {}

  /** Nothing that is watched has changed until a revision. @param initialEnd whether the first state ends here (KEP-3157) */
  record Bookmark<T>(String revision, boolean initialEnd) implements Event<T> {}

  /** The server ends the watch. */
  record Failed<T>(Refusal why) implements Event<T> {}

  /** A type of event that is not known. */
  record Unknown<T>(String type) implements Event<T> {}
}
