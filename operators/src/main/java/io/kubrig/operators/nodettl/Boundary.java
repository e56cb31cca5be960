package io.kubrig.operators.nodettl;

import java.util.List;

/**
 * One step of the ladder.
 *
 * @param min below so many nodes the step before counts; @param max above so many the next one; @param seconds the time to live
 */
record Boundary(int min, int max, int seconds) {
  static final List<Boundary> LADDER = List.of(new Boundary(0, 100, 0), new Boundary(90, 500, 15), new Boundary(450, 1000, 30),
      new Boundary(900, 2000, 60), new Boundary(1800, 10000, 300), new Boundary(9000, Integer.MAX_VALUE, 600));

  /** The step for a number of nodes, coming from another: the steps overlap so that the edge is not crossed to and fro. */
  static int step(int from, int nodes) {
    int step = from;
    while (nodes > LADDER.get(step).max()) {
      step++;
    }
    while (nodes < LADDER.get(step).min()) {
      step--;
    }
    return step;
  }
}
