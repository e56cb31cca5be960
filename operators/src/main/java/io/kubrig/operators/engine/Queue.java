package io.kubrig.operators.engine;

import java.time.Duration;

/** Where handlers put keys. A key that waits already is not put twice; one that is being processed runs once more afterwards. */
public interface Queue {
  /** Now. */
  void add(Key key);

  /** When a time has passed; zero or less is now. The earliest of several waits wins, as in client-go's delaying queue. */
  void addAfter(Key key, Duration delay);

  /** This queue, for keys that are in no hurry: each waits for a time, in which others of its kind come together to one. */
  default Queue delayed(Duration delay) {
    Queue prompt = this;
    return new Queue() {
      @Override
      public void add(Key key) {
        prompt.addAfter(key, delay);
      }

      @Override
      public void addAfter(Key key, Duration longer) {
        prompt.addAfter(key, longer.compareTo(delay) > 0 ? longer : delay);
      }
    };
  }
}
