package io.kubrig.scheduler.cycle;

import io.kubrig.machinery.clock.Activity;
import io.kubrig.scheduler.whatif.QuestionException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides. What happens elsewhere (events of the API, ends of bindings, timers) is posted here as a task; between
 * tasks one pod after the other is tried. So the state needs no locks, and an attempt sees one unchanging cluster.
 *
 * <p>The loop is {@link Activity} from a task on until neither tasks nor work are left.
 */
public final class EventLoop {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

  private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
  private final Activity activity;
  private Activity.Work busy; // null while the loop waits; guarded by mailbox
  private boolean ended; // guarded by mailbox
  private volatile long tasks;
  private volatile boolean standsBy;
  private volatile boolean stopped;

  public EventLoop(Activity activity) {
    this.activity = activity;
  }

  /** Something to do when there are no tasks; returns whether it did anything. */
  @FunctionalInterface
  public interface Work {
    boolean doOne();
  }

  /** Runs a task on the loop's thread, after those posted before. */
  public void post(Runnable task) {
    synchronized (mailbox) { // a task and the activity for it come together
      mailbox.add(task);
      if (busy == null && !ended) {
        busy = activity.begin("scheduling");
      }
    }
  }

  private void rest() {
    synchronized (mailbox) {
      if (busy != null && mailbox.isEmpty()) {
        busy.close();
        busy = null;
      }
    }
  }

  /** Has a question answered on the loop's thread, between two attempts; refuses when it does not work. */
  public <T> T ask(Callable<T> question) throws InterruptedException {
    FutureTask<T> answer = new FutureTask<>(question);
    post(answer);
    try {
      return answer.get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(false);
      throw new QuestionException("this scheduler does not schedule now; ask the one that leads");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** How many tasks have been begun: unchanged between two readings means that nothing happened between them. Any thread may ask. */
  public long tasks() {
    return tasks;
  }

  /** From now on only tasks are run, for another scheduler leads: the state follows the cluster, and no pod is tried. */
  public void standBy() {
    standsBy = true;
  }

  /** From now on work is done, too. */
  public void lead() {
    standsBy = false;
    post(() -> {});
  }

  /** Works until {@link #stop} or an interrupt. */
  public void run(Work work) throws InterruptedException {
    try {
      while (!stopped) {
        drain();
        if ((standsBy || !work.doOne()) && !stopped) { // what stop() has posted may have been done already: nothing more would come
          rest();
          runTask(mailbox.take());
        }
      }
    } finally {
      end();
    }
  }

  /** What is posted from now on is nobody's work any more. */
  private void end() {
    synchronized (mailbox) {
      ended = true;
      if (busy != null) {
        busy.close();
        busy = null;
      }
    }
  }

  /** Runs all tasks and all work there is, then returns; for tests and simulations. */
  public void runUntilIdle(Work work) {
    do {
      drain();
    } while (work.doOne() || !mailbox.isEmpty());
  }

  /** Like {@link #runUntilIdle}, after having waited for a task; returns whether one came. */
  public boolean awaitTask(long timeoutMillis, Work work) throws InterruptedException {
    Runnable task = mailbox.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    if (task == null) {
      return false;
    }
    runTask(task);
    runUntilIdle(work);
    return true;
  }

  private void drain() {
    for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
      runTask(task);
    }
  }

  /** One broken task must not end the scheduler. */
  private void runTask(Runnable task) {
    tasks++; // only the loop's thread writes it
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("A task of the scheduling loop failed", e);
    }
  }

  public void stop() {
    stopped = true;
    post(() -> {});
  }
}
