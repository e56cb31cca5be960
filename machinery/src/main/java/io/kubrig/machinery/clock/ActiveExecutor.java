package io.kubrig.machinery.clock;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** An executor whose tasks are {@link Activity} from when they are handed in until they have ended. */
public final class ActiveExecutor extends AbstractExecutorService {
  private final ExecutorService threads;
  private final Activity activity;
  private final String what;

  /** @param threads run the tasks; shut down with this */
  public ActiveExecutor(ExecutorService threads, Activity activity, String what) {
    this.threads = threads;
    this.activity = activity;
    this.what = what;
  }

  @Override
  public void execute(Runnable task) {
    Activity.Work work = activity.begin(what);
    try {
      threads.execute(
          () -> {
            try {
              task.run();
            } finally {
              work.close();
            }
          });
    } catch (RuntimeException refused) {
      work.close();
      throw refused;
    }
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
