package io.kubrig.apiserver.flowcontrol;

import io.kubrig.machinery.clock.Clock;

/** How many seats the requests of a level have and wait for, over a period: each number counts as long as it lasted. */
final class SeatDemand {
  private final Clock clock;
  private long since;
  private long last;
  private double seats;
  private double sum;
  private double squares;
  private double most;

  /**
   * A period that is over.
   *
   * @param highest the most seats at any time
   */
  record Period(double average, double deviation, double highest) {}

  SeatDemand(Clock clock) {
    this.clock = clock;
    since = clock.nanos();
    last = since;
  }

  synchronized void add(int change) {
    set(seats + change);
  }

  synchronized void set(double now) {
    pass();
    seats = now;
    most = Math.max(most, now);
  }

  private void pass() {
    long now = clock.nanos();
    double seconds = (now - last) / 1e9;
    sum += seats * seconds;
    squares += seats * seats * seconds;
    last = now;
  }

  /** Ends a period and begins the next one. */
  synchronized Period next() {
    pass();
    double seconds = (last - since) / 1e9;
    double average = seconds > 0 ? sum / seconds : seats;
    double variance = seconds > 0 ? squares / seconds - average * average : 0;
    Period period = new Period(average, Math.sqrt(Math.max(0, variance)), most);
    since = last;
    sum = 0;
    squares = 0;
    most = seats;
    return period;
  }
}
