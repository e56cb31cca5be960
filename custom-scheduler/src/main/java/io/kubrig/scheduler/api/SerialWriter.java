package io.kubrig.scheduler.api;

import io.kubrig.machinery.clock.Activity;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs blocking tasks on virtual threads: those of one key one after the other in order, all together not more than a number at once. */
public final class SerialWriter {
  private static final Logger LOG = LoggerFactory.getLogger(SerialWriter.class);

  /** Work that may block. */
  @FunctionalInterface
  public interface Task {
    void run() throws InterruptedException;
  }

  private final Activity activity;
  private final Semaphore permits;
  /** Guarded by itself; a key is present while a thread works on it. */
  private final Map<String, Queue<Begun>> waiting = new HashMap<>();

  private record Begun(Task task, Activity.Work work) {}

  public SerialWriter(int atOnce, Activity activity) {
    this.activity = activity;
    this.permits = new Semaphore(atOnce);
  }

  /** Runs a task after all earlier ones of the key. */
  public void submit(String key, Task task) {
    Begun begun = new Begun(task, activity.begin("write of the scheduler"));
    synchronized (waiting) {
      Queue<Begun> queue = waiting.get(key);
      if (queue != null) {
        queue.add(begun);
        return;
      }
      waiting.put(key, new ArrayDeque<>());
    }
    Thread.ofVirtual().name("write-" + key).start(() -> work(key, begun));
  }

  private void work(String key, Begun first) {
    for (Begun begun = first; begun != null; begun = next(key)) {
      try (Activity.Work open = begun.work()) {
        permits.acquire();
        try {
          begun.task().run();
        } finally {
          permits.release();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        LOG.error("A write for {} failed", key, e);
      }
    }
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
