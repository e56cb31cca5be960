package io.kubrig.scheduler.state;

import java.util.function.IntConsumer;

/**
 * The positions of nodes that were changed, in order, for those who keep something about every node: pods came or went, the node or the
 * nominations to it changed. Only the last {@value #REMEMBERED} are remembered. Used by the scheduling thread only.
 */
public final class Touched {
  static final int REMEMBERED = 1 << 13;

  private final int[] positions = new int[REMEMBERED];
  private long next;

  void add(int position) {
    positions[(int) (next++ % REMEMBERED)] = position;
  }

  /** The number of the next change. */
  public long next() {
    return next;
  }

  /** Tells the positions of all changes from a number on; false, without having told any, when some of them are forgotten. */
  public boolean since(long from, IntConsumer listener) {
    if (from < 0 || next - from > REMEMBERED) {
      return false;
    }
    for (long i = from; i < next; i++) {
      listener.accept(positions[(int) (i % REMEMBERED)]);
    }
    return true;
  }
}
