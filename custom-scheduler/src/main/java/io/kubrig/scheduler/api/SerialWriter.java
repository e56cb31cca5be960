package io.kubrig.scheduler.api;

import io.kubrig.machinery.clock.Activity;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs blocking tasks on virtual threads: those of one key one after the other in order, and not more than a number of writes at once.
 * A task that waits long for something else is begun with {@link #begin} and limits only its writes.
 */
public final class SerialWriter {
  private static final Logger LOG = LoggerFactory.getLogger(SerialWriter.class);

  /** Work that may block. */
  @FunctionalInterface
  public interface Task {
    void run() throws InterruptedException;
  }

  private final Activity activity;
  private final Semaphore permits;
  private final UnaryOperator<Task> carry;
  /** Guarded by itself; a key is present while a thread works on it. */
  private final Map<String, Queue<Begun>> waiting = new HashMap<>();
  /** Threads whose tasks may take long. Guarded by {@code waiting}. */
  private final Set<Thread> atLength = new HashSet<>();
  private boolean stopped; // guarded by waiting

  private record Begun(Task task, boolean isLimited, String what) {}

  /** A write with an answer. */
  @FunctionalInterface
  public interface Write<T> {
    T run() throws InterruptedException;
  }

  public SerialWriter(int atOnce, Activity activity) {
    this(atOnce, activity, UnaryOperator.identity());
  }

  /** With {@code carry} a task takes along what belongs to the thread that submits it. */
  public SerialWriter(int atOnce, Activity activity, UnaryOperator<Task> carry) {
    this.carry = carry;
    this.activity = activity;
    this.permits = new Semaphore(atOnce);
  }

  /** Runs a task after all earlier ones of the key. */
  public void submit(String key, Task task) {
    enqueue(key, new Begun(carry.apply(task), true, "write of the scheduler"));
  }

  /** Runs a task that may take long after all earlier ones of the key; its writes go through {@link #limited}. */
  public void begin(String key, Task task) {
    enqueue(key, new Begun(task, false, "binding of the scheduler"));
  }

  /** Runs a write on the calling thread when there are not too many others. */
  public <T> T limited(Write<T> write) throws InterruptedException {
    permits.acquire();
    try {
      return write.run();
    } finally {
      permits.release();
    }
  }

  private void enqueue(String key, Begun begun) {
    synchronized (waiting) {
      Queue<Begun> queue = waiting.get(key);
      if (queue != null) {
        queue.add(begun);
        return;
      }
      waiting.put(key, new ArrayDeque<>());
    }
    Activity.Work open = activity.begin(begun.what);
    Thread.ofVirtual().name("write-" + key).start(() -> work(key, begun, open));
  }

  /** What waits for another task of its key counts as begun when that is over: the other may be waiting for time to pass. */
  private void work(String key, Begun first, Activity.Work begun) {
    Activity.Work open = begun;
    for (Begun now = first; now != null;) {
      boolean interrupted = !ran(key, now);
      now = interrupted ? giveUp(key) : next(key);
      Activity.Work following = now == null ? Activity.Work.NOTHING : activity.begin(now.what);
      open.close();
      open = following;
    }
  }

  /** Runs a task; false when its thread was interrupted. */
  private boolean ran(String key, Begun begun) {
    try {
      if (begun.isLimited()) {
        limited(() -> {
          begun.task.run();
          return true;
        });
      } else {
        runLong(begun.task);
      }
    } catch (InterruptedException e) {
      return false; // the thread ends here
    } catch (RuntimeException e) {
      LOG.error("A write for {} failed", key, e);
    }
    return true;
  }

  private void runLong(Task task) throws InterruptedException {
    synchronized (waiting) {
      if (stopped) {
        return;
      }
      atLength.add(Thread.currentThread());
    }
    try {
      task.run();
    } finally {
      synchronized (waiting) {
        atLength.remove(Thread.currentThread());
      }
    }
  }

  /** Interrupts the tasks that may take long, and begins no more of them: whoever they would report to is gone. */
  public void stop() {
    synchronized (waiting) {
      stopped = true;
      atLength.forEach(Thread::interrupt);
    }
  }

  /** What still waits for an interrupted thread is nobody's work any more. */
  private Begun giveUp(String key) {
    synchronized (waiting) {
      waiting.remove(key);
    }
    return null;
  }

  private Begun next(String key) {
    synchronized (waiting) {
      Begun task = waiting.get(key).poll();
      if (task == null) {
        waiting.remove(key);
      }
      return task;
    }
  }
}
