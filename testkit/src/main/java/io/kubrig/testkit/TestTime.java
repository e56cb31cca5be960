package io.kubrig.testkit;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.Tally;
import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The clock of a cluster and the way to move it. */
final class TestTime {
  private final Clock clock;
  private final Optional<VirtualClock> virtual;
  private final Rest rest;

  TestTime(ClusterTime wanted) {
    virtual = wanted.begin().map(VirtualClock::new);
    Tally tally = virtual.map(VirtualClock::tally).orElseGet(Tally::new);
    clock = virtual.<Clock>map(made -> made).orElseGet(() -> new CountingClock(Clock.system(), tally));
    rest = new Rest(tally);
  }

  Clock clock() {
    return clock;
  }

  Rest rest() {
    return rest;
  }

  /** Waits until nothing is left to do at this moment, what falls due now included. */
  void settle(Duration patience) throws InterruptedException {
    rest.await(patience);
    while (virtual.isPresent() && isDue(virtual.get()) && virtual.get().advanceToNext(virtual.get().now())) {
      rest.await(patience);
    }
  }

  private static boolean isDue(VirtualClock clock) {
    return clock.nextDue().filter(due -> !due.isAfter(clock.now())).isPresent();
  }

  /** Lets time pass, from one timer to the next; each finds a cluster in which all that came before has been dealt with. */
  void advance(Duration duration, Duration patience) throws InterruptedException {
    VirtualClock clock = virtual.orElseThrow(() ->
        new IllegalStateException("this cluster lives in real time; make it with virtualTime()"));
    settle(patience);
    Instant target = clock.now().plus(duration);
    while (clock.advanceToNext(target)) {
      rest.await(patience);
    }
    settle(patience);
  }
}
