package io.kubrig.operators.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Many like calls at once, carefully: one first, then twice as many each time, until one fails. */
public final class Batches {
  private Batches() {}

  /** What became of a batch. @param failure the first one, if any; the calls not begun were left out */
  public record Result(int succeeded, Optional<RuntimeException> failure) {}

  /** Runs all calls in growing batches (1, 2, 4, …); after a batch with a failure no further one begins. */
  public static Result slowStart(List<? extends Callable<?>> calls) throws InterruptedException {
    int done = 0;
    int size = 1;
    for (int next = 0; next < calls.size(); next += size, size = Math.min(2 * size, calls.size() - next)) {
      size = Math.min(size, calls.size() - next);
      Result batch = all(calls.subList(next, next + size));
      done += batch.succeeded();
      if (batch.failure().isPresent()) {
        return new Result(done, batch.failure());
      }
    }
    return new Result(done, Optional.empty());
  }

  /** Runs all calls at once and waits for all. */
  public static Result all(List<? extends Callable<?>> calls) throws InterruptedException {
    if (calls.isEmpty()) {
      return new Result(0, Optional.empty());
    }
    List<Future<Object>> running;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      running = threads.invokeAll(calls.stream().map(Batches::asObject).map(Attempt::carried).collect(Collectors.toList()));
    }
    int done = 0;
    List<RuntimeException> failures = new ArrayList<>();
    for (Future<Object> call : running) {
      try {
        call.get();
        done++;
      } catch (ExecutionException e) {
        failures.add(e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause()));
      }
    }
    return new Result(done, failures.stream().findFirst());
  }

  private static Callable<Object> asObject(Callable<?> call) {
    return call::call;
  }
}
