package io.kubrig.machinery.component;

import java.util.random.RandomGenerator;

/**
 * Randomness for many threads. Generators of the JDK are for one thread: two that ask one at the same time may be told the same, and what
 * is made of it, such as the uids of two objects, would not be unique.
 */
public final class SharedRandom implements RandomGenerator {
  private final RandomGenerator source;

  private SharedRandom(RandomGenerator source) {
    this.source = source;
  }

  /** The generator's numbers, each told once, whoever asks. The generator must not be used otherwise from now on. */
  public static RandomGenerator of(RandomGenerator source) {
    return source instanceof SharedRandom ? source : new SharedRandom(source);
  }

  /** All other methods draw on this one. */
  @Override
  public synchronized long nextLong() {
    return source.nextLong();
  }
}
