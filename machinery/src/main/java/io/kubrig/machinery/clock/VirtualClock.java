package io.kubrig.machinery.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;

/**
 * Time that moves only when told to. {@link #advance} runs every timer that falls due, in order of time and then of creation, on
 * the calling thread; a timer set by a timer runs in the same advance when it falls due within it.
 */
public final class VirtualClock implements Clock {
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
  public void sleep(Duration duration) throws InterruptedException {
    CountDownLatch woken = new CountDownLatch(1);
    Timer timer = after(duration, woken::countDown);
    try {
      woken.await();
    } catch (InterruptedException e) {
      timer.cancel();
      throw e;
    }
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
