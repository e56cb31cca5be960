package io.kubrig.apiserver.flowcontrol;

import java.time.Duration;

/**
 * What a request is expected to cost.
 *
 * @param seats at least one; while the request runs, or, when there is something to do after it, from its beginning to the end of that
 * @param after how long the seats stay taken when the request has been answered: watchers are told of what it changed
 */
public record Work(int seats, Duration after) {
  /** One seat while the request runs. */
  public static final Work ONE = of(1);

  /** While the request runs. */
  public static Work of(int seats) {
    return new Work(seats, Duration.ZERO);
  }

  /** The same work on no more than a number of seats; what comes after takes longer on fewer. */
  Work within(int most) {
    return seats <= most ? this : new Work(most, after.multipliedBy(seats).dividedBy(most));
  }
}
