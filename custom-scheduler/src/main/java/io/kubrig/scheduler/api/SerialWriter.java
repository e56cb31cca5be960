package io.kubrig.scheduler.api;

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

  private final Semaphore permits;
  /** Guarded by itself; a key is present while a thread works on it. */
  private final Map<String, Queue<Task>> waiting = new HashMap<>();

  public SerialWriter(int atOnce) {
    this.permits = new Semaphore(atOnce);
  }

  /** Runs a task after all earlier ones of the key. */
  public void submit(String key, Task task) {
    synchronized (waiting) {
      Queue<Task> queue = waiting.get(key);
      if (queue != null) {
        queue.add(task);
        return;
      }
      waiting.put(key, new ArrayDeque<>());
    }
    Thread.ofVirtual().name("write-" + key).start(() -> work(key, task));
  }

  private void work(String key, Task first) {
    for (Task task = first; task != null; task = next(key)) {
      try {
        permits.acquire();
        try {
          task.run();
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

  private Task next(String key) {
    synchronized (waiting) {
      Task task = waiting.get(key).poll();
      if (task == null) {
        waiting.remove(key);
      }
      return task;
    }
  }
}
