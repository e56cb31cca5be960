package io.kubrig.machinery.clock;

/**
 * Work that has begun and not ended: what virtual time has to wait for. A clock that moves by itself has no use for it and answers
 * {@link #NONE}.
 *
 * <p>The rule that makes it exact: whoever hands work on (a key into a queue, a task to a thread, an event to a watcher) begins the
 * receiver's work before its own ends. Then nothing open means that nothing is left to do until a timer falls due or somebody from outside
 * acts.
 */
@FunctionalInterface
public interface Activity {
  /** Counts nothing. */
  Activity NONE = what -> Work.NOTHING;

  /**
   * Begins work.
   *
   * @param what names it in a report of what was still going on
   */
  Work begin(String what);

  /** Work under way. Closing it a second time does nothing. */
  interface Work extends AutoCloseable {
    Work NOTHING = () -> {};

    @Override
    void close();
  }
}
