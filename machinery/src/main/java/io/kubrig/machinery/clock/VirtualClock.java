package io.kubrig.machinery.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Time that moves only when told to. {@link #advance} runs every timer that falls due, in order of time and then of creation, on
 * the calling thread; a timer set by a timer runs in the same advance when it falls due within it.
 *
 * <p>What other threads do because of a timer is not waited for, unless the caller does so between the steps of {@link #advanceToNext}:
 * {@link #tally} knows what is going on.
 */
public final class VirtualClock implements Clock {
  /** Of real time, for {@link #patience}. */
  private static final Duration MOMENT = Duration.ofMillis(250);

  private final Tally tally = new Tally();
  private final PriorityQueue<Entry> timers = new PriorityQueue<>();
  private Instant now;
  private long elapsedNanos;
  private long sequence;

  public VirtualClock(Instant start) {
    this.now = start;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized long nanos() {
    return elapsedNanos;
  }

  @Override
  public synchronized Timer after(Duration delay, Runnable task) {
    Instant due = delay.isPositive() ? now.plus(delay) : now;
    Entry entry = new Entry(due, sequence++, task);
    timers.add(entry);
    return () -> remove(entry);
  }

  private synchronized boolean remove(Entry entry) {
    return timers.remove(entry);
  }

  @Override
  public Duration patience(Duration duration) {
    return duration.compareTo(MOMENT) < 0 ? duration : MOMENT;
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    String sleeper = "wake " + Thread.currentThread().getName();
    AtomicReference<Activity.Work> waking = new AtomicReference<>(Activity.Work.NOTHING);
    sleep(duration, () -> {}, () -> waking.set(tally.begin(sleeper)));
    waking.get().close();
  }

  @Override
  public void sleepAtWork(Duration duration) throws InterruptedException {
    AtomicBoolean resumed = new AtomicBoolean();
    Runnable resume =
        () -> {
          if (resumed.compareAndSet(false, true)) {
            tally.resume();
          }
        };
    try {
      sleep(duration, tally::rest, resume);
    } finally {
      resume.run(); // an interrupted sleeper is back at work, too
    }
  }

  /**
   * @param onceSet runs when the timer is there: who then finds nothing going on sees what time is waited for
   * @param atWakeTime runs before the thread does, so that no time passes in between
   */
  private void sleep(Duration duration, Runnable onceSet, Runnable atWakeTime) throws InterruptedException {
    CountDownLatch woken = new CountDownLatch(1);
    Timer timer =
        after(
            duration,
            () -> {
              atWakeTime.run();
              woken.countDown();
            });
    onceSet.run();
    try {
      woken.await();
    } catch (InterruptedException e) {
      timer.cancel();
      throw e;
    }
  }

  @Override
  public Activity activity() {
    return tally;
  }

  /** The work of all who use this clock. */
  public Tally tally() {
    return tally;
  }

  /**
   * Moves time to when the next timers fall due and runs those that wait for that very instant. When none falls due up to the target, time
   * moves there.
   *
   * @return whether a timer ran: there may be more to do before the target
   */
  public boolean advanceToNext(Instant target) {
    Instant due;
    synchronized (this) {
      Entry head = timers.peek();
      if (head == null || head.due.isAfter(target)) {
        moveTo(target);
        return false;
      }
      moveTo(head.due);
      due = now;
    }
    for (Optional<Runnable> task = dueAt(due); task.isPresent(); task = dueAt(due)) {
      task.get().run();
    }
    return true;
  }

  private synchronized Optional<Runnable> dueAt(Instant instant) {
    Entry head = timers.peek();
    return head == null || head.due.isAfter(instant) ? Optional.empty() : Optional.of(timers.poll().task);
  }

  /** Moves time forward and runs what falls due on the way. */
  public void advance(Duration duration) {
    Instant target = now().plus(duration);
    for (Optional<Runnable> task = next(target); task.isPresent(); task = next(target)) {
      task.get().run();
    }
  }

  /** When the next timer falls due; empty when nothing waits. */
  public synchronized Optional<Instant> nextDue() {
    return Optional.ofNullable(timers.peek()).map(Entry::due);
  }

  private synchronized Optional<Runnable> next(Instant target) {
    Entry head = timers.peek();
    if (head == null || head.due.isAfter(target)) {
      moveTo(target);
      return Optional.empty();
    }
    moveTo(head.due);
    return Optional.of(timers.poll().task);
  }

  private void moveTo(Instant instant) {
    if (instant.isAfter(now)) {
      elapsedNanos += Duration.between(now, instant).toNanos();
      now = instant;
    }
  }

  private record Entry(Instant due, long order, Runnable task) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int byTime = due.compareTo(other.due);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
