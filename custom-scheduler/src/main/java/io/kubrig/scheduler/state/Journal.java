package io.kubrig.scheduler.state;

import io.kubrig.scheduler.model.Pod;

/**
 * Which pods came to which nodes or left them, for counters that follow instead of counting again. It remembers the last
 * {@value #REMEMBERED} changes; who has missed more must count anew.
 */
final class Journal {
  static final int REMEMBERED = 1 << 13;

  /** Hears of one change: a pod came ({@code by} 1) or left (−1). */
  interface Change {
    void count(Pod pod, NodeInfo node, int by);
  }

  private final Pod[] pods = new Pod[REMEMBERED];
  private final NodeInfo[] nodes = new NodeInfo[REMEMBERED];
  private final byte[] by = new byte[REMEMBERED];
  private long next;

  void add(Pod pod, NodeInfo node, int sign) {
    int at = (int) (next++ % REMEMBERED);
    pods[at] = pod;
    nodes[at] = node;
    by[at] = (byte) sign;
  }

  /** The number of the next change. */
  long next() {
    return next;
  }

  /** Tells all changes from a number on; false, without having told any, when some of them are forgotten. */
  boolean replay(long from, Change listener) {
    if (next - from > REMEMBERED) {
      return false;
    }
    for (long i = from; i < next; i++) {
      int at = (int) (i % REMEMBERED);
      listener.count(pods[at], nodes[at], by[at]);
    }
    return true;
  }
}
