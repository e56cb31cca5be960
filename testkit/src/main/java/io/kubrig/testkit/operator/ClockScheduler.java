package io.kubrig.testkit.operator;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A {@link ScheduledExecutorService} whose delays go by a clock. */
final class ClockScheduler extends AbstractExecutorService implements ScheduledExecutorService {
  private final Clock clock;
  private final ExecutorService threads;

  /** @param threads run what has fallen due; shut down with this */
  ClockScheduler(Clock clock, ExecutorService threads) {
    this.clock = clock;
    this.threads = threads;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(() -> {
      command.run();
      return null;
    }, delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    Due<V> due = new Due<>(callable, unit.toNanos(delay));
    due.timer = clock.after(Duration.ofNanos(unit.toNanos(delay)), () -> run(due));
    return due;
  }

  private void run(Due<?> due) {
    if (!threads.isShutdown()) {
      threads.execute(due);
    }
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
    return scheduleWithFixedDelay(command, initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
    Due<Object> until = new Due<>(() -> null, unit.toNanos(initialDelay));
    again(until, command, unit.toNanos(initialDelay), unit.toNanos(delay));
    return until;
  }

  private void again(Due<?> until, Runnable command, long nanos, long period) {
    until.timer = clock.after(Duration.ofNanos(nanos), () -> {
      if (!until.isDone() && !threads.isShutdown()) {
        threads.execute(() -> {
          command.run();
          again(until, command, period, period);
        });
      }
    });
  }

  /** Something that is to run at a moment of the clock. */
  private final class Due<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private final long at;
    private volatile Clock.Timer timer;

    Due(Callable<V> callable, long delayNanos) {
      super(callable);
      this.at = clock.nanos() + delayNanos;
    }

    @Override
    public boolean cancel(boolean interrupt) {
      if (timer != null) {
        timer.cancel();
      }
      return super.cancel(interrupt);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - clock.nanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  @Override
  public void execute(Runnable command) {
    threads.execute(command);
  }

  @Override
  public void shutdown() {
    threads.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return threads.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
