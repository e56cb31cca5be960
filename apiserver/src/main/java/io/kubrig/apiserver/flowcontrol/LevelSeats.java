package io.kubrig.apiserver.flowcontrol;

import io.kubrig.machinery.clock.Clock;

/** The seats of one level: by its configuration, and by what it and the others have needed lately. */
final class LevelSeats {
  /** How much of what was needed before counts, when less is needed now. */
  private static final double SMOOTHING = 0.977;

  private final SeatDemand demand;
  private int nominal;
  private int least;
  private int most;
  private int current;
  private double smoothed;
  private SeatDemand.Period period = new SeatDemand.Period(0, 0, 0);

  LevelSeats(Clock clock) {
    demand = new SeatDemand(clock);
  }

  SeatDemand demand() {
    return demand;
  }

  /**
   * Other numbers.
   *
   * @param all the seats of the server: the most that a level without a limit can borrow
   */
  void configure(PriorityLevel level, int nominalSeats, int all) {
    boolean first = current == 0 && most == 0;
    int lendable = (int) Math.round(nominalSeats * level.lendablePercent() / 100.0);
    boolean changed = nominal != nominalSeats || least != nominalSeats - lendable;
    nominal = nominalSeats;
    least = nominalSeats - lendable;
    long limit = level.borrowingLimitPercent();
    most = nominalSeats + (limit < 0 ? all : (int) Math.round(nominalSeats * limit / 100.0));
    if (first || changed) {
      current = level.exempt() ? 0 : nominalSeats - lendable / 2;
    }
  }

  /** Takes note of what was needed since the last time. */
  void observe() {
    period = demand.next();
    double envelope = period.average() + period.deviation();
    smoothed = Math.max(envelope, SMOOTHING * smoothed + (1 - SMOOTHING) * envelope);
  }

  /** What the level keeps: what it never lends, and what it has used of its own. */
  int kept() {
    return Math.max(least, Math.min(nominal, highest()));
  }

  /** What an exempt level has used, of which it is denied nothing. */
  int used() {
    return Math.max(least, highest());
  }

  private int highest() {
    return (int) Math.round(period.highest());
  }

  SeatLending.Claim claim() {
    return new SeatLending.Claim(kept(), Math.max(most, kept()), Math.max(kept(), smoothed));
  }

  void current(int seats) {
    current = seats;
  }

  int current() {
    return current;
  }

  int nominal() {
    return nominal;
  }

  int least() {
    return least;
  }

  int most() {
    return most;
  }

  SeatDemand.Period period() {
    return period;
  }

  double smoothed() {
    return smoothed;
  }
}
