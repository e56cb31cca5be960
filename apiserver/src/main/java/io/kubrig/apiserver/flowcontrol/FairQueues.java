package io.kubrig.apiserver.flowcontrol;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The seats of one priority level and the queues before them, served fairly: each queue gets as much of the seats' time as the others that
 * want some. (Source: KEP-1040 and apiserver/pkg/util/flowcontrol/fairqueuing.)
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>Virtual time {@code progress} is how many seat-seconds a queue that always had something to do has got so far; it goes at the rate
 * of seats in use per
 *       active queue.
 *   <li>A queue's {@code nextStart} is the virtual time at which its oldest request begins. A request is charged a guess when it begins,
 * and what it really took
 *       when it ends.
 *   <li>The request that would end first in virtual time is next. It is waited for until it fits: a wide request is not starved by narrow
 * ones.
 *   <li>Everything is guarded by {@code lock}; nobody waits with the lock held.
 * </ul>
 */
final class FairQueues {
  private static final double GUESS_SECONDS = 0.003;

  private final Clock clock;
  private final SeatDemand demand;
  private final ReentrantLock lock = new ReentrantLock();
  private PriorityLevel.Queuing queuing;
  private Queue[] queues;
  private int seats;
  private int seatsInUse;
  private int next;
  private double progress;
  private long lastNanos;

  /** One line of requests. */
  private static final class Queue {
    final ArrayDeque<Ticket> waiting = new ArrayDeque<>();
    int executing;
    int seatsInUse;
    double nextStart;

    boolean isActive() {
      return executing > 0 || !waiting.isEmpty();
    }

    int seatsWanted() {
      int wanted = seatsInUse;
      for (Ticket ticket : waiting) {
        wanted += ticket.width;
      }
      return wanted;
    }
  }

  /** How a request fared. */
  enum Outcome {
    ADMITTED,
    CONCURRENCY_LIMIT,
    QUEUE_FULL,
    TIME_OUT
  }

  /** One request on its way. Its outcome is set before {@code decided} opens. */
  final class Ticket {
    private final int width;
    private final Duration after;
    private final CountDownLatch decided = new CountDownLatch(1);
    private final double arrival;
    private Queue queue;
    private volatile Outcome outcome;
    private long startNanos;
    private boolean ended;

    private Ticket(Work work) {
      this.width = work.seats();
      this.after = work.after();
      this.arrival = progress;
    }

    Outcome outcome() {
      return outcome;
    }

    boolean isWaiting() {
      return outcome == null;
    }

    int width() {
      return width;
    }

    /** Seats that the request itself counts for: what comes after it is no reason to let others go first while it runs. */
    private int running() {
      return after.isZero() ? width : 1;
    }

    /** In seats times seconds, as long as nobody knows how long it takes. */
    private double guess() {
      return GUESS_SECONDS * running() + after.toNanos() / 1e9 * width;
    }

    /** Gives the seats back, when what comes after the request is over; more than once is once. */
    void end() {
      lock.lock();
      try {
        if (outcome != Outcome.ADMITTED || ended) {
          return;
        }
        ended = true;
        took((clock.nanos() - startNanos) / 1e9);
        if (after.isZero()) {
          finish(this);
          return;
        }
      } finally {
        lock.unlock();
      }
      clock.after(after, this::free);
    }

    private void took(double seconds) {
      queue.nextStart += (seconds - GUESS_SECONDS) * running();
    }

    private void free() {
      lock.lock();
      try {
        finish(this);
      } finally {
        lock.unlock();
      }
    }
  }

  /** @param demand is told how many seats are in use and waited for */
  FairQueues(PriorityLevel.Queuing queuing, int seats, Clock clock, SeatDemand demand) {
    this.clock = clock;
    this.demand = demand;
    this.seats = seats;
    this.lastNanos = clock.nanos();
    arrange(queuing);
  }

  /** New numbers: what waits goes on waiting where it is. */
  void change(PriorityLevel.Queuing changed, int changedSeats) {
    lock.lock();
    try {
      if (changedSeats == seats && changed.equals(queuing)) {
        return;
      }
      advance();
      seats = changedSeats;
      if (changed.queues() != queuing.queues()) {
        Queue[] before = queues;
        arrange(changed);
        for (int i = 0; i < before.length; i++) {
          adopt(before[i], i);
        }
      }
      queuing = changed;
      dispatch();
    } finally {
      lock.unlock();
    }
  }

  private void arrange(PriorityLevel.Queuing wanted) {
    queuing = wanted;
    queues = new Queue[Math.max(1, wanted.queues())];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new Queue();
    }
    next = 0;
  }

  private void adopt(Queue old, int number) {
    if (number < queues.length) {
      queues[number] = old;
      return;
    }
    Queue heir = queues[number % queues.length];
    heir.executing += old.executing;
    heir.seatsInUse += old.seatsInUse;
    old.waiting.forEach(ticket -> ticket.queue = heir);
    heir.waiting.addAll(old.waiting);
    old.waiting.clear();
  }

  // ---- a request -----------------------------------------------------------------------------------------------------

  /** Takes seats at once, gets in line, or is refused; in line, the outcome is still open. */
  Ticket enter(long flow, Work work) {
    lock.lock();
    try {
      advance();
      Ticket ticket = new Ticket(work.within(Math.max(1, seats)));
      ticket.queue = queue(flow);
      if (queuing.queues() == 0) {
        if (fits(ticket)) {
          begin(ticket);
          noteDemand();
        } else {
          decide(ticket, Outcome.CONCURRENCY_LIMIT);
        }
        return ticket;
      }
      if (ticket.queue.waiting.size() >= queuing.length() && !(ticket.queue.waiting.isEmpty() && fits(ticket))) {
        decide(ticket, Outcome.QUEUE_FULL);
        return ticket;
      }
      if (!ticket.queue.isActive()) {
        ticket.queue.nextStart = progress;
      }
      ticket.queue.waiting.add(ticket);
      noteDemand();
      dispatch();
      return ticket;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the outcome, at most for a time; then the request leaves the line. */
  Outcome await(Ticket ticket, Duration patience) throws InterruptedException {
    if (ticket.decided.getCount() > 0) {
      Clock.Timer timer = clock.after(patience, () -> leave(ticket));
      try {
        ticket.decided.await();
      } catch (InterruptedException e) {
        leave(ticket);
        ticket.end();
        throw e;
      } finally {
        timer.cancel();
      }
    }
    return ticket.outcome;
  }

  private void leave(Ticket ticket) {
    lock.lock();
    try {
      if (ticket.isWaiting()) {
        advance();
        ticket.queue.waiting.remove(ticket);
        decide(ticket, Outcome.TIME_OUT);
        dispatch();
        noteDemand();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Of the flow's hand, the queue with the least before a new request. */
  private Queue queue(long flow) {
    if (queuing.queues() == 0) {
      return queues[0];
    }
    Queue best = null;
    int least = Integer.MAX_VALUE;
    for (int card : ShuffleSharding.hand(flow, queues.length, queuing.hand())) {
      int wanted = queues[card].seatsWanted();
      if (wanted < least) {
        least = wanted;
        best = queues[card];
      }
    }
    return best;
  }

  // ---- seats ---------------------------------------------------------------------------------------------------------

  private boolean fits(Ticket ticket) {
    return seatsInUse + ticket.width <= seats;
  }

  private void begin(Ticket ticket) {
    seatsInUse += ticket.width;
    ticket.queue.executing++;
    ticket.queue.seatsInUse += ticket.width;
    ticket.queue.nextStart += ticket.guess();
    ticket.startNanos = clock.nanos();
    decide(ticket, Outcome.ADMITTED);
  }

  private static void decide(Ticket ticket, Outcome outcome) {
    ticket.outcome = outcome;
    ticket.decided.countDown();
  }

  private void finish(Ticket ticket) {
    advance();
    Queue queue = ticket.queue;
    seatsInUse -= ticket.width;
    queue.executing--;
    queue.seatsInUse -= ticket.width;
    Ticket oldest = queue.waiting.peek();
    if (oldest != null && queue.nextStart < oldest.arrival) {
      queue.nextStart = oldest.arrival; // what a queue did not use while it was idle it cannot save up
    }
    dispatch();
    noteDemand();
  }

  private void dispatch() {
    Queue chosen = choose();
    while (chosen != null && fits(chosen.waiting.peek())) {
      begin(chosen.waiting.poll());
      chosen = choose();
    }
  }

  /** The queue whose oldest request would end first; among equals, in turn. */
  private Queue choose() {
    Queue best = null;
    double earliest = Double.POSITIVE_INFINITY;
    int index = 0;
    for (int i = 0; i < queues.length; i++) {
      int at = (next + i) % queues.length;
      Ticket oldest = queues[at].waiting.peek();
      if (oldest != null && queues[at].nextStart + oldest.guess() < earliest) {
        earliest = queues[at].nextStart + oldest.guess();
        best = queues[at];
        index = at;
      }
    }
    if (best != null) {
      next = (index + 1) % queues.length;
    }
    return best;
  }

  /** What is needed from now on. */
  private void noteDemand() {
    int needed = seatsInUse;
    for (Queue queue : queues) {
      for (Ticket ticket : queue.waiting) {
        needed += ticket.width;
      }
    }
    demand.set(needed);
  }

  private void advance() {
    long now = clock.nanos();
    double seconds = (now - lastNanos) / 1e9;
    lastNanos = now;
    int active = 0;
    int wanted = 0;
    for (Queue queue : queues) {
      if (queue.isActive()) {
        active++;
        wanted += queue.seatsWanted();
      }
    }
    if (active > 0) {
      progress += seconds * Math.min(wanted, seats) / active;
    }
  }
}
