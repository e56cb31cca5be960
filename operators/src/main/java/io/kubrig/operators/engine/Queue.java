package io.kubrig.operators.engine;

import java.time.Duration;

/** Where handlers put keys. A key that waits already is not put twice; one that is being processed runs once more afterwards. */
public interface Queue {
  /** Now. */
  void add(Key key);

  /** When a time has passed; zero or less is now. The earliest of several waits wins, as in client-go's delaying queue. */
  void addAfter(Key key, Duration delay);
}
