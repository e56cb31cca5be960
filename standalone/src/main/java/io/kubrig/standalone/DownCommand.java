package io.kubrig.standalone;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kubrig down}: stops the process that runs the cluster. Everything stays on disk. */
@Command(name = "down", description = "Stops the cluster; everything stays on disk.")
final class DownCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Mixin private DataDirectoryOption data;

  @Override
  public Integer call() throws InterruptedException {
    return stop(data.directory()) ? 0 : 1;
  }

  /** Asks the process to end, waits, and ends it by force when it takes too long. Returns whether it ended by itself. */
  static boolean stop(DataDirectory directory) throws InterruptedException {
    Optional<ProcessHandle> running = directory.holder();
    if (running.isEmpty()) {
      System.out.println("No cluster runs on " + directory.path() + ".");
      return true;
    }
    ProcessHandle process = running.get();
    process.destroy();
    try {
      process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      System.out.println("Stopped the cluster on " + directory.path() + ".");
      return true;
    } catch (TimeoutException e) {
      process.destroyForcibly();
      System.err.println(
          "Error: process " + process.pid() + " did not stop within " + PATIENCE.toSeconds() + " s and was killed; see " + directory.log());
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot wait for process " + process.pid(), e);
    }
  }
}
